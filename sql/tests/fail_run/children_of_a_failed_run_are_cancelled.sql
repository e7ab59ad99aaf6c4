-- A failed parent leaves no child running.
begin;
select plan(2);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.start_execution(:'path') as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl.start_execution(:'path', '{}', jsonb_build_object('parent_execution_id', :x, 'parent_command_id', :'c', 'session', :'w')) as y \gset
select noetl_test.report(:'w', :x, :'c', '{}', '{"message": "no"}');
select noetl_test.tick();
select is((select status from noetl.run where execution_id = :x), 'failed', 'the parent failed');
select is((select status from noetl.run where execution_id = :y), 'cancelled', 'the child is cancelled');

select * from finish();
rollback;
