-- Application developers start runs beside their own writes: both or neither.
begin;
select plan(4);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
savepoint before;
select noetl.start_execution(:'path') as x \gset
select ok(exists (select from noetl.run where execution_id = :x), 'the run is there within the transaction');
select is((select status from noetl.execution_status(:x)), 'running', 'and its status can be read');
rollback to savepoint before;
select is_empty(
  format(
    'select from noetl.run where execution_id = %1$s union all
    select from noetl.token where execution_id = %1$s union all
    select from noetl.command where execution_id = %1$s union all
    select from noetl.event where execution_id = %1$s union all
    select from noetl.change where execution_id = %1$s', :x
  ),
  'D-1: after a rollback nothing of it is left'
);
select is_empty(
  format('select from noetl.execution where execution_id = %s', :x), 'D-1: not even in the read model'
);

select * from finish();
rollback;
