-- The failure is in a child: retrying the parent alone would find the failed child again.
begin;
select plan(5);
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('x', jsonb_build_object('next', noetl_test.next('y'))), noetl_test.step('y'))
) as path \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('p'))) as parent \gset
select noetl_test.worker() as w \gset
select command_id as command from noetl_test.claim(:'w', 1) \gset
select jsonb_build_object(
  'parent_execution_id', :parent, 'parent_command_id', :'command', 'session', :'w', 'idempotency_key', 'p/1'
) as options \gset
select noetl.start_execution(:'path', '{}', :'options') as child \gset
select is(noetl_test.work(:child, '{"y": {"error": {"kind": "python", "message": "no"}}}'), 'failed', 'the child fails');
select noetl_test.report(:'w', :parent, :'command', '{}', '{"kind": "playbook", "message": "child failed"}') \g /dev/null
select noetl_test.tick() \g /dev/null
select noetl.retry_execution(:parent) \g /dev/null
select is((select status::text from noetl.run where execution_id = :child), 'running', 'the child runs again');
select command_id as again from noetl_test.claim(:'w') as c where c.step = 'p' \gset
select isnt(:'again'::text, :'command'::text, 'the parent''s step is issued anew');
select is(
  noetl.start_execution(:'path', '{}', :'options'::jsonb || jsonb_build_object('parent_command_id', :'again')), :child,
  'and finds the same child'
);
select noetl.end_session(:'w') \g /dev/null
select noetl_test.work(:child) \g /dev/null
select is(noetl_test.entered(:child), 'x y y', 'which repeats no finished step');

select * from finish();
rollback;
