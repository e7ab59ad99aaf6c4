-- A person who never answers must not hold a run for ever.
begin;
select plan(3);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(
  jsonb_build_array(
    '{"step": "ask", "tool": {"kind": "wait", "signal": "approve", "timeout": "2m"},
      "next": {"arcs": [{"step": "late", "when": "{{ event.name == ''call.error'' and ask.error.kind == ''timeout'' }}"}]}}'::jsonb,
    noetl_test.step('late')
  )
) as x \gset
set local noetl.test_now = '2030-01-01 00:02:00+00';
select noetl_test.tick() \g /dev/null
select is(noetl_test.entered(:x), 'ask late', 'the failure is taken up');
select is(noetl.signal_execution(:x, 'approve'), 'kept', 'a signal that comes too late waits');
select is(noetl_test.work(:x), 'completed', 'the run ends');

select * from finish();
rollback;
