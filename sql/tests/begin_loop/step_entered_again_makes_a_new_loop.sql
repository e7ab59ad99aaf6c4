-- A loop activation has its own loop_id.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(2, '{"mode": "parallel"}'),
      'next', '{"arcs": [{"step": "b", "set": {"ctx.n": "{{ (ctx.n | default(0)) + 1 }}"}}]}'::jsonb)),
    noetl_test.step('b', '{"next": {"arcs": [{"step": "a", "when": "{{ ctx.n < 2 }}"}]}}')
  )
) as x \gset
select is(noetl_test.work(:x), 'completed', 'the run completes');
select is((select count(*) from noetl.loop where execution_id = :x), 2::bigint, 'two loops');
select is(noetl_test.count(:x, 'loop.done'), 2, 'each done once');

select * from finish();
rollback;
