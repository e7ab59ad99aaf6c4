-- Retries of shards, of workers and of people draw from one issue number: none may be swallowed.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object(
    'loop', noetl_test.loop(3), 'spec', '{"loop_mode": "fanout", "fanout": {"max_shard_retries": 1}}'::jsonb
  )))
) as x \gset
select is(noetl_test.work(:x, '{"a[1]": {"error": {"kind": "http", "message": "503"}}}'), 'failed', 'fails after two tries');
select noetl.retry_execution(:x) \g /dev/null
select is(noetl_test.work(:x, '{"a[1]": {"error": {"kind": "http", "message": "503"}}}'), 'failed', 'and after two more');
select is((select max(substring(meta ->> 'command_id' from '[0-9]+$')::integer) from noetl.event where execution_id = :x and event_type = 'command.issued' and current_index = 1), 4, 'four issues');
select noetl.retry_execution(:x) \g /dev/null
select is(noetl_test.work(:x), 'completed', 'in the end it succeeds');
select is((select row(done, failed, to_repeat)::text from noetl.loop where execution_id = :x), '(3,0,0)', 'all done');

select * from finish();
rollback;
