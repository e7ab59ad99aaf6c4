-- The tick: what is due starts, once, and what is not stays as it is.
begin;
select plan(9);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a')), '{"workload": {"region": "us", "scheduled_at": null}}'
) as path \gset
select noetl.put_schedule('due', :'path', '15 2 * * *', 'Europe/Berlin', '{"region": "eu"}', '{"priority": 8}');
select noetl.put_schedule('later', :'path', '16 2 * * *', 'Europe/Berlin');
create temporary table later as select * from noetl.schedule where name = 'later';

set local noetl.test_now = '2026-07-01 00:14:59+00';
select is(noetl.fire_schedules(), 0, 'nothing is due yet');
set local noetl.test_now = '2026-07-01 00:15:00+00';
select is(noetl.fire_schedules(), 1, 'one is due');
select is(noetl.fire_schedules(), 0, 'a repeat has nothing to do');
select results_eq(
  $$ select next_at, last_at, last_execution_id, last_error from noetl.schedule where name = 'due' $$,
  $$
    select
      '2026-07-02 00:15:00+00'::timestamptz, '2026-07-01 00:15:00+00'::timestamptz, r.execution_id,
      null::jsonb
    from noetl.run as r
  $$,
  'one run; the row names it, and waits for tomorrow'
);
select results_eq(
  'select path, status::text, priority::integer, started_by from noetl.run',
  format('values (%L, %L, 8, session_user)', :'path', 'running'),
  'the run is as any other'
);
select set_eq(
  $$ select name, value from noetl.variable where scope = 'workload' $$,
  $$
    values ('region', '"eu"'::jsonb), ('scheduled_at', '"2026-07-01T02:15:00+02:00"')
  $$,
  'the playbook reads the workload, and when it was due in local time'
);
select is(
  (select meta ->> 'idempotency_key' from noetl.event where event_type = 'playbook.initialized'),
  'schedule:due:2026-07-01T00:15:00+00:00', 'the log tells the schedule and the time'
);
select set_eq(
  $$ select * from noetl.schedule where name = 'later' $$, 'table later', 'others are left alone'
);
select is(
  noetl_test.work((select execution_id from noetl.run)), 'completed', 'workers carry it out'
);

select * from finish();
rollback;
