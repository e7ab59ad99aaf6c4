-- One look in the morning: what runs next, and what did not run in the night.
begin;
select plan(2);
set local noetl.test_now = '2026-07-01 02:00:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('good', :'path', '30 2 * * *', 'UTC', '{"n": 1}', '{"missed": "skip", "priority": 3}');
select noetl.put_schedule('new', :'path', '30 4 * * *');
select noetl.put_schedule('bad', :'path', '30 2 * * *');
update noetl.schedule set path = 'gone' where name = 'bad';
set local noetl.test_now = '2026-07-01 02:30:05+00';
select noetl.fire_schedules();
select execution_id as run from noetl.run where path = :'path' \gset

select results_eq(
  'select name, next_at, last_at, last_execution_id, last_error ->> ''code'' from noetl.list_schedules()',
  format(
    $$
      values
        ('bad', '2026-07-02 02:30:00+00'::timestamptz, '2026-07-01 02:30:00+00'::timestamptz, null, 'NE404'),
        ('good', '2026-07-02 02:30:00+00', '2026-07-01 02:30:00+00', %s::bigint, null),
        ('new', '2026-07-01 04:30:00+00', null, null, null)
    $$,
    :'run'
  ),
  'by name'
);
select results_eq(
  $$
    select
      path = 'gone', version, cron, time_zone, workload, priority, missed, is_active, run_as,
      created_at, updated_at
    from noetl.list_schedules() where name = 'good'
  $$,
  $$
    values (
      false, null::integer, '30 2 * * *', 'UTC', '{"n": 1}'::jsonb, 3, 'skip', true, session_user,
      '2026-07-01 02:00:00+00'::timestamptz, '2026-07-01 02:00:00+00'::timestamptz
    )
  $$,
  'with all that was put'
);

select * from finish();
rollback;
