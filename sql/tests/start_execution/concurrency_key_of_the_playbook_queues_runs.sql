-- One run at a time for each customer; the others wait in the order of their start.
begin;
select plan(6);
select noetl_test.grant_alone() \g /dev/null
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b')),
  '{"executor": {"spec": {"concurrency": {"key": "{{ workload.customer }}", "limit": 1}}}, "workload": {"customer": "x"}}'
) as path \gset
select noetl.start_execution(:'path') as one, noetl.start_execution(:'path') as two, noetl.start_execution(:'path', '{"customer": "y"}') as other \gset
select is((select status from noetl.execution_status(:two)), 'waiting', 'it waits before it starts');
select noetl_test.tick() \g /dev/null
select is((select array_agg(execution_id order by execution_id) from noetl.command), array[:one, :other]::bigint[], 'one of each customer runs');
select matches((select reason from noetl.execution_status(:two)), 'under "x"', 'the other one says why it waits');
select is(noetl_test.work(:one), 'completed', 'the first ends');
select is((select status::text from noetl.run where execution_id = :two), 'completed', 'then the second');
select is_empty('select from noetl.slot', 'no place is left taken');

select * from finish();
rollback;
