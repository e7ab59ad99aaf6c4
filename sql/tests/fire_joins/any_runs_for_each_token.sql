-- join: any runs the step for each token that arrives.
begin;
select plan(1);
select is(
  noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
      noetl_test.step('a', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('b', jsonb_build_object('next', noetl_test.next('j'))),
      noetl_test.step('j', '{"spec": {"join": "any"}}')
    )
  ),
  'completed: s a b j j', 'twice'
);

select * from finish();
rollback;
