-- One heartbeat renews a session however much it holds, and tells what to stop.
begin;
select plan(5);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
set local noetl.test_now = '2030-01-01 00:04:00+00';
select is(noetl.heartbeat(:'w', array[:'c'], '{"slots": 3}'), '{"cancelled": [], "requeued": 0}', 'all is well');
select is(
  (select row(heartbeat_at, capacity)::text from noetl.runtime where session_id = :'w'),
  row('2030-01-01 00:04:00+00'::timestamptz, '{"slots": 3}'::jsonb)::text, 'the session is renewed, its capacity stored'
);
set local noetl.test_now = '2030-01-01 00:08:00+00';
select is(noetl.reap_stale(), 0, 'so the reaper leaves it alone');
select noetl.cancel_execution(:x);
select is(
  noetl.heartbeat(:'w', array[:'c'])  -> 'cancelled', jsonb_build_array(:'c'), 'a cancelled command is told, each time'
);
select throws_ok(format('select noetl.heartbeat(%L, %L)', gen_random_uuid(), '{}'), 'NE401', null, 'an unknown session is refused');

select * from finish();
rollback;
