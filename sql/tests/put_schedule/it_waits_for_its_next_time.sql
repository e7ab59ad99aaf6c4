-- What is put is what will happen: the next time is known at once, in the zone that was asked for.
begin;
select plan(4);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset

select results_eq(
  format($$ select * from noetl.put_schedule('plain', %L, '30 2 * * *') $$, :'path'),
  $$ values (true, true, '2026-07-01 02:30:00+00'::timestamptz) $$,
  'new, and due at 02:30 UTC'
);
select results_eq(
  format(
    $$ select * from noetl.put_schedule('full', %L, ' 30 2 * * mon-fri ', 'europe/berlin', %L, %L) $$,
    :'path', '{"n": 1}', '{"missed": "all", "priority": 7, "version": 1}'
  ),
  $$ values (true, true, '2026-07-01 00:30:00+00'::timestamptz) $$,
  'new, and due at 02:30 in Berlin'
);
select results_eq(
  format(
    $$ select * from noetl.put_schedule('resting', %L, '@daily', null, null, %L) $$,
    :'path', '{"is_active": false}'
  ),
  $$ values (true, true, null::timestamptz) $$,
  'one that is to rest is due at no time; nulls are defaults'
);
select results_eq(
  $$
    select
      s.name, s.version, s.cron, s.time_zone, s.workload, s.priority::integer, s.missed, s.is_active,
      s.run_as, s.created_at
    from noetl.schedule as s
    order by s.name
  $$,
  $$
    values
      ('full', 1, '30 2 * * mon-fri', 'Europe/Berlin', '{"n": 1}'::jsonb, 7, 'all', true,
        session_user, '2026-07-01 00:10:00+00'::timestamptz),
      ('plain', null, '30 2 * * *', 'UTC', '{}', null, 'once', true, session_user,
        '2026-07-01 00:10:00+00'),
      ('resting', null, '@daily', 'UTC', '{}', null, 'once', false, session_user,
        '2026-07-01 00:10:00+00')
  $$,
  'stored, with its owner'
);

select * from finish();
rollback;
