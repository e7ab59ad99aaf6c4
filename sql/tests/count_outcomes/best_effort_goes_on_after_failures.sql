-- best_effort tolerates failed items: the loop is done, partially.
begin;
select plan(4);
create function pg_temp.outcome(p_mode text) returns text language sql as $$
  select noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step(
        'a', jsonb_build_object('loop', noetl_test.loop(5, jsonb_build_object('mode', p_mode, 'policy', 'best_effort')),
          'next', '{"arcs": [{"step": "b", "when": "{{ event.name == ''loop.done'' and a.done == 3 and a.failed == 2 and a.stats.success == 3 }}"}]}'::jsonb)
      ),
      noetl_test.step('b')
    ),
    '{"a[1]": {"error": {"message": "no"}}, "a[4]": {"error": {"message": "no"}}}'
  )
$$;
select is(pg_temp.outcome('sequential'), 'completed: a b', 'sequential');
select is(pg_temp.outcome('parallel'), 'completed: a b', 'parallel');
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3, '{"policy": "best_effort"}'))))
) as x \gset
select is(
  noetl_test.work(:x, '{"a": {"error": {"message": "no"}}}'), 'completed', 'even when every item failed'
);
select is((select status from noetl.loop where execution_id = :x), 'partial', 'which is partial');

select * from finish();
rollback;
