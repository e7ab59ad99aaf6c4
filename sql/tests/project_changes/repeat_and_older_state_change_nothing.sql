-- The projection copies versioned state: newer wins, whoever comes last.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.work(:x);
select noetl.project_changes();
select is(noetl.project_changes(), 0, 'nothing is left to do');
create temp table before as select * from noetl.execution where execution_id = :x;
select noetl_internal.project_run(:x);
select results_eq(format('select * from noetl.execution where execution_id = %s', :x), 'select * from before', 'a repeat changes nothing');
update noetl.execution set version = 1000000, status = 'running' where execution_id = :x;
select noetl_internal.project_run(:x);
select is((select version from noetl.execution where execution_id = :x), 1000000::bigint, 'an older version never overwrites a newer one');
delete from noetl.execution where execution_id = :x;
select noetl_internal.project_run(:x);
select results_eq(format('select * from noetl.execution where execution_id = %s', :x), 'select * from before', 'a lost row comes back as it was');

select * from finish();
rollback;
