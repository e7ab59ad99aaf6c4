-- With a million runs a person finds theirs by filters, and pages on from there.
begin;
select plan(6);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as p \gset
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as q \gset
select noetl.start_execution(:'p') as x \gset
select noetl.start_execution(:'p') as y \gset
select noetl.start_execution(:'q') as z \gset
select noetl.cancel_execution(:x) \g /dev/null
update noetl.execution set parent_execution_id = :y where execution_id = :z;

select is((select array_agg(execution_id) from noetl.list_executions()), array[:z, :y, :x]::bigint[], 'newest first');
select is((select array_agg(execution_id) from noetl.list_executions(1)), array[:z]::bigint[], 'no more than wanted');
select is((select array_agg(execution_id) from noetl.list_executions(p_before => :z)), array[:y, :x]::bigint[], 'the next page');
select is((select array_agg(execution_id) from noetl.list_executions(p_path => :'p')), array[:y, :x]::bigint[], 'by path');
select is((select array_agg(execution_id) from noetl.list_executions(p_parent => :y)), array[:z]::bigint[], 'by parent');
select is(
  (select array_agg(execution_id) from noetl.list_executions(p_status => 'cancelled', p_path => :'p')),
  array[:x]::bigint[], 'by status and path'
);
update noetl.execution set parent_execution_id = null where execution_id = :z;
select * from finish();
rollback;
