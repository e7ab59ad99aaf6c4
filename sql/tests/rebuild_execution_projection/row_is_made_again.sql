-- The read model is a copy: whatever happens to a row, it is made again, and its run goes on.
begin;
select plan(8);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(4), 'spec', '{"loop_mode": "fanout"}'::jsonb)))
) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', c.execution_id, c.command_id) from noetl_test.claim(:'w', 2) as c \g /dev/null
select noetl_test.tick() \g /dev/null
create temporary table before as select * from noetl.execution;
create temporary table run_before as select * from noetl.run;

delete from noetl.execution where execution_id = :x;
select noetl.rebuild_execution_projection(:x) \g /dev/null
select set_eq('table noetl.execution', 'table before', 'P1.2-5: a lost row is identical');
update noetl.execution set state = '{}', status = 'waiting', version = 1000000 where execution_id = :x;
select noetl.rebuild_execution_projection(:x) \g /dev/null
select set_eq('table noetl.execution', 'table before', 'so is one that says something else, whatever its version');
select noetl.rebuild_execution_projection(:x) \g /dev/null
select set_eq('table noetl.execution', 'table before', 'again: the same');
select set_eq('table noetl.run', 'table run_before', 'the runs are left alone');
select noetl.end_session(:'w') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'and go on');

delete from noetl.execution where execution_id = :x;
delete from noetl.run where execution_id = :x;
create temporary table other as select * from noetl.execution;
select noetl.rebuild_execution_projection(:x) \g /dev/null
select is((select status from noetl.execution_status(:x)), 'completed', 'where the run is lost too, its events tell');
select set_eq(
  format('select * from noetl.execution where execution_id <> %s', :x), 'table other',
  'other rows are as they were'
);
select throws_ok('select noetl.rebuild_execution_projection(1)', 'NE404', null, 'what nothing tells of is refused');

select * from finish();
rollback;
