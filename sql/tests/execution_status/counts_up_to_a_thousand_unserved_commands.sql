-- A status is cheap however much waits: it looks at the steps at work, then at a part of the queue.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('spec', '{"pool": "cu-none"}'::jsonb, 'loop', noetl_test.loop(1500, '{"mode": "parallel", "max_in_flight": 1400}'))), noetl_test.step('b'))) as x \gset
select noetl.expand_loops(20) from generate_series(1, 5) \g /dev/null
select noetl.project_changes(500) \g /dev/null
select cmp_ok((select count(*)::integer from noetl.command as c where c.execution_id = :x), '>', 1000, 'many wait');
select is((select s.unserved #>> '{0,commands}' from noetl.execution_status(:x) as s), '1000', 'no more are counted');
select is((select jsonb_array_length(s.unserved) from noetl.execution_status(:x) as s), 1, 'steps that are not at work are not named');

select * from finish();
rollback;
