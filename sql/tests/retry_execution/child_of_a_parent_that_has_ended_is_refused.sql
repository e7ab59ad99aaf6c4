-- A child that is taken up alone would run a step for nothing: its parent has ended, so it is
-- cancelled at once.
begin;
select plan(4);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('x'))) as path \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('p'))) as parent \gset
select noetl_test.worker() as w \gset
select command_id as command from noetl_test.claim(:'w', 1) \gset
select noetl.start_execution(
  :'path', '{}',
  jsonb_build_object('parent_execution_id', :parent, 'parent_command_id', :'command', 'session', :'w', 'idempotency_key', 'p/2')
) as child \gset
select is(noetl_test.work(:child, '{"x": {"error": {"kind": "python", "message": "no"}}}'), 'failed', 'the child fails');
select noetl_test.report(:'w', :parent, :'command', '{}', '{"kind": "playbook", "message": "child failed"}') \g /dev/null
select noetl_test.tick() \g /dev/null
select throws_ok(
  format('select noetl.retry_execution(%s)', :child), 'NE422',
  format('execution %s is a child of execution %s, which has ended', :child, :parent), 'its own retry is refused'
);
select is((select status::text from noetl.run where execution_id = :child), 'failed', 'it stays as it was');
select ok(noetl.retry_execution(:parent), 'its parent can be retried');

select * from finish();
rollback;
