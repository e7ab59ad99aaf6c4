-- An approval by a person: the run waits, the answer is the step's result.
begin;
select plan(8);
select noetl_test.start(
  jsonb_build_array(
    '{"step": "ask", "tool": {"kind": "wait", "signal": "approve"},
      "next": {"arcs": [{"step": "yes", "when": "{{ ask.ok }}"}, {"step": "no"}]}}'::jsonb,
    noetl_test.step('yes'), noetl_test.step('no')
  )
) as x \gset
select noetl_test.tick() \g /dev/null
select matches((select reason from noetl.execution_status(:x)), 'signal "approve"', 'it says what it waits for');
select is(noetl.signal_execution(:x, 'other'), 'kept', 'another signal does not do');
select is((select status::text from noetl.run where execution_id = :x), 'waiting', 'it still waits');
select is(noetl.signal_execution(:x, 'approve', '{"ok": true, "by": "kim"}', '{"idempotency_key": "1"}'), 'delivered', 'the right one does');
select is(noetl.signal_execution(:x, 'approve', '{"ok": false}', '{"idempotency_key": "1"}'), 'repeated', 'a repeat does nothing');
select is(noetl_test.work(:x), 'completed', 'the run ends');
select is(noetl_test.entered(:x), 'ask yes', 'along the right arc');
select is(noetl.signal_execution(:x, 'approve'), 'ended', 'nobody will wait any more');

select * from finish();
rollback;
