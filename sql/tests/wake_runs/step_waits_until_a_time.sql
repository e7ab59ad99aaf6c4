-- A time may come from a template; one that has passed holds nothing up.
begin;
select plan(4);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(
  jsonb_build_array('{"step": "w", "tool": {"kind": "wait", "until": "{{ workload.at }}"}}'::jsonb),
  '{"at": "2030-01-02T03:00:00"}'
) as x \gset
select is((select wake_at from noetl.token where execution_id = :x), '2030-01-02 03:00:00+00'::timestamptz, 'UTC without a zone');
set local noetl.test_now = '2030-01-02 04:00:00+00';
select noetl_test.tick() \g /dev/null
select is((select status::text from noetl.run where execution_id = :x), 'completed', 'it ends');
select is(
  noetl_test.outcome(
    jsonb_build_array('{"step": "w", "tool": {"kind": "wait", "until": "2029-01-01T00:00:00Z"}}'::jsonb)
  ),
  'completed: w', 'what has passed is no wait'
);
select is(
  noetl_test.outcome(jsonb_build_array('{"step": "w", "tool": {"kind": "wait", "until": "{{ 1 ~ 2 }}"}}'::jsonb)),
  'failed: (w NE462)', 'no time: the step fails with its place'
);

select * from finish();
rollback;
