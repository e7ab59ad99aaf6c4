-- The outbox is lost between the end of a parent and that of its child.
begin;
select plan(2);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('p'))) as parent \gset
select noetl_test.worker() as w \gset
select command_id as command from noetl_test.claim(:'w', 1) \gset
select noetl.start_execution(
  :'path', '{}',
  jsonb_build_object('parent_execution_id', :parent, 'parent_command_id', :'command', 'session', :'w')
) as child \gset
select noetl.cancel_execution(:parent) \g /dev/null
-- Not truncate: its lock would meet those of tests that run at the same time.
delete from noetl.change;
select noetl.rebuild(:child) \g /dev/null
select is((select status::text from noetl.run where execution_id = :child), 'running', 'it lives');
select noetl.rebuild(:parent) \g /dev/null
select noetl_test.tick() \g /dev/null
select is((select status::text from noetl.run where execution_id = :child), 'cancelled', 'and follows its parent');

select * from finish();
rollback;
