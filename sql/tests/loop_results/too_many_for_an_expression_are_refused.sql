-- Half of a list is worse than an error.
begin;
select plan(1);
update noetl.setting set value = '3' where name = 'loop_inline_max';
select is(
  noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(4, '{"mode": "parallel"}'),
        'next', '{"arcs": [{"step": "b", "when": "{{ a.results | length == 4 }}"}]}'::jsonb)),
      noetl_test.step('b')
    )
  ),
  'failed: a (a NE464)', 'with the code for that'
);

select * from finish();
rollback;
