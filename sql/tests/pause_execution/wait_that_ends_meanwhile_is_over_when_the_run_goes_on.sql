-- A paused run must not say that it waits for a time that has passed.
begin;
select plan(6);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(
  jsonb_build_array(
    '{"step": "w", "tool": {"kind": "wait", "duration": "10s"}, "next": {"arcs": [{"step": "b"}]}}'::jsonb,
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.tick() \g /dev/null
select noetl.pause_execution(:x) \g /dev/null
select noetl_test.tick() \g /dev/null
select is((select status from noetl.execution_status(:x)), 'paused', 'it is paused');
select is((select reason from noetl.execution_status(:x)), null, 'and waits for nothing else');
set local noetl.test_now = '2030-01-01 00:00:10+00';
select noetl_test.tick() \g /dev/null
select is_empty(format('select noetl_test.lost_in_rebuild(%s)', :x), 'the wait that ended is in the events');
select is(noetl_test.entered(:x), 'w', 'nothing new has begun');
select noetl.resume_execution(:x) \g /dev/null
select is(noetl_test.entered(:x), 'w b', 'it has when the run is resumed');
select is(noetl_test.work(:x), 'completed', 'and goes on to its end');

select * from finish();
rollback;
