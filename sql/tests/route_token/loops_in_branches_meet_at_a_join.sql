-- A loop step is a branch like any other.
begin;
select plan(1);
select is(
  noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
      noetl_test.step('a', jsonb_build_object('next', noetl_test.next('j'), 'loop', noetl_test.loop(3))),
      noetl_test.step('b', jsonb_build_object('next', noetl_test.next('j'), 'loop', noetl_test.loop(4), 'spec', '{"loop_mode": "fanout"}'::jsonb)),
      noetl_test.step('j')
    )
  ),
  'completed: s a b j', 'j runs once'
);

select * from finish();
rollback;
