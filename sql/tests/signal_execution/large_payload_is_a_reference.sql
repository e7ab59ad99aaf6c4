-- References, not payloads, ride in events.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(
    '{"step": "ask", "tool": {"kind": "wait", "signal": "s"}, "set": {"ctx.size": "{{ ask.text | length }}"}}'::jsonb
  )
) as x \gset
select noetl.signal_execution(:x, 's', jsonb_build_object('text', repeat('x', 20000))) \g /dev/null
select is(noetl_test.ctx(:x, 'size'), '20000', 'the step reads it');
select ok((select octet_length(result::text) < 300 from noetl.event where execution_id = :x and event_type = 'call.done'), 'its event is small');

select * from finish();
rollback;
