-- The work of a playbook is often in its children.
begin;
select plan(4);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('p'))) as parent \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('p'))) as other \gset
select noetl_test.worker() as w \gset
select command_id as command from noetl_test.claim(:'w', 9) as c where c.execution_id = :parent \gset
select noetl.start_execution(
  :'path', '{}',
  jsonb_build_object('parent_execution_id', :parent, 'parent_command_id', :'command', 'session', :'w')
) as child \gset
select noetl.pause_execution(:parent) \g /dev/null
select is(
  (select array_agg(execution_id order by execution_id) from noetl.run where is_paused),
  array[:parent, :child]::bigint[], 'parent and child, and nobody else'
);
select is_empty(format('select noetl_test.claim(%L)', :'w'), 'the child''s step waits');
select noetl.resume_execution(:parent) \g /dev/null
select is_empty('select from noetl.run where is_paused', 'both go on');
select is((select count(*) from noetl_test.claim(:'w')), 1::bigint, 'the child''s step is handed out');

select * from finish();
rollback;
