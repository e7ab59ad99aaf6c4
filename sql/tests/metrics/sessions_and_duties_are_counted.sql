-- A pool that nobody serves, or a tick that nobody calls, stands still in silence: an alert needs a
-- number for it.
begin;
select plan(4);
select noetl_test.dispatch_alone() \g /dev/null
set local noetl.test_now = '2030-01-01 00:00:00+00';
create temporary view sample as
select m.name, m.labels, m.value from noetl.metrics() as m
where m.name ~ '^noetl_(sessions|pool|dispatcher)';
select set_eq(
  'table sample',
  $$
    select 'noetl_dispatcher_duties', '{"dispatcher": ""}'::jsonb, count(*)::double precision
    from noetl.duty
    union all
    select 'noetl_dispatcher_shards', '{"dispatcher": ""}', count(*) from noetl.execution_shard
  $$,
  'nobody has a duty or a shard'
);

select noetl.register_session('w1', '{default,gpu}', '{"slots": 10}') as w1 \gset
select noetl.register_session('w2', '{default}', '{"slots": 5}') as w2 \gset
select noetl.register_session('w3', '{old}', '{}') as w3 \gset
set local noetl.test_now = '2030-01-01 00:00:20+00';
select noetl.heartbeat(:'w1', '{}') \g /dev/null
select noetl.end_session(:'w2') \g /dev/null
select noetl.register_dispatcher('d1') as d \gset
select count(*) from noetl.due_work(:'d') \g /dev/null
select set_eq(
  'table sample',
  $$
    values
      ('noetl_sessions', '{"kind": "worker"}'::jsonb, 2::double precision),
      ('noetl_sessions', '{"kind": "dispatcher"}', 1),
      ('noetl_sessions_silent_seconds', '{"kind": "worker"}', 20),
      ('noetl_sessions_silent_seconds', '{"kind": "dispatcher"}', 0),
      ('noetl_sessions_ended', '{"kind": "worker"}', 1),
      ('noetl_pool_workers', '{"pool": "default"}', 1),
      ('noetl_pool_workers', '{"pool": "gpu"}', 1),
      ('noetl_pool_workers', '{"pool": "old"}', 1),
      ('noetl_pool_slots', '{"pool": "default"}', 10),
      ('noetl_pool_slots', '{"pool": "gpu"}', 10)
    union all
    select
      'noetl_dispatcher_duties', jsonb_build_object('dispatcher', case when d.needs is null then 'd1' else '' end),
      count(*)
    from noetl.duty as d
    group by d.needs is null, 2
    union all
    select 'noetl_dispatcher_shards', '{"dispatcher": "d1"}', count(*) from noetl.execution_shard
  $$,
  'live and ended sessions, what they serve, who ticks'
);

set local noetl.test_now = '2030-01-01 00:00:51+00';
select set_eq(
  $$ select name, labels ->> 'dispatcher' from sample where name ~ 'dispatcher' $$,
  $$ values ('noetl_dispatcher_duties', ''), ('noetl_dispatcher_shards', '') $$,
  'a lease that has run out holds nothing'
);
update noetl.duty set owner_session_id = null, lease_until = null where duty = 'reap_stale';
update noetl.execution_shard set lease_until = '2030-01-01 00:01:00+00' where shard = 3;
select set_eq(
  $$ select name, labels ->> 'dispatcher', value from sample where name ~ 'dispatcher' $$,
  $$
    select 'noetl_dispatcher_duties' as name, '' as label, count(*)::double precision from noetl.duty
    union all select 'noetl_dispatcher_shards', 'd1', 1
    union all select 'noetl_dispatcher_shards', '', 15
  $$,
  'one that goes on is told apart'
);

select * from finish();
rollback;
