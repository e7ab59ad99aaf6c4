-- A wait must hold no worker, and must not end early or twice.
begin;
select plan(7);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(
  jsonb_build_array(
    '{"step": "w", "tool": {"kind": "wait", "duration": "1h 30m"}, "next": {"arcs": [{"step": "b"}]}}'::jsonb,
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.tick() \g /dev/null
select is((select status from noetl.execution_status(:x)), 'waiting', 'the run waits');
select matches((select reason from noetl.execution_status(:x)), '2030-01-01 01:30', 'and says until when');
set local noetl.test_now = '2030-01-01 01:29:59+00';
select is(noetl.wake_runs(), 0, 'not yet');
set local noetl.test_now = '2030-01-01 01:30:00+00';
select is(noetl.wake_runs(), 1, 'now');
select is(noetl.wake_runs(), 0, 'once');
select is(noetl_test.work(:x), 'completed', 'and goes on');
select is(noetl_test.entered(:x), 'w b', 'to the next step');

select * from finish();
rollback;
