-- A pool that nobody serves, or a tick that nobody calls, stands still in silence: an alert needs a
-- number for it.
begin;
select plan(5);
set local noetl.test_now = '2030-01-01 00:00:00+00';
create temporary view sample as
select m.name, m.labels, m.value from noetl.metrics() as m
where m.name ~ '^noetl_(sessions|pool|dispatcher_duties)';
select set_eq(
  'table sample',
  $$ select 'noetl_dispatcher_duties', '{"dispatcher": ""}'::jsonb, count(*)::double precision from noetl.duty $$,
  'nobody has a duty'
);

select noetl.register_session('w1', '{default,gpu}', '{"slots": 10}') as w1 \gset
select noetl.register_session('w2', '{default}', '{"slots": 5}') as w2 \gset
select noetl.register_session('w3', '{old}', '{"slots": "many"}') as w3 \gset
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
    select 'noetl_dispatcher_duties', '{"dispatcher": "d1"}', count(*) from noetl.duty
  $$,
  'live and ended sessions, what they serve, who ticks'
);

set local noetl.test_now = '2030-01-01 00:00:51+00';
select set_eq(
  $$ select labels ->> 'dispatcher' from sample where name = 'noetl_dispatcher_duties' $$,
  $$ values ('') $$,
  'a lease that has run out holds nothing'
);
insert into noetl.execution_shard (shard, owner_session_id, lease_until, epoch)
values (1000, :'d', '2030-01-01 00:01:00+00', 1), (1001, null, null, 1)
on conflict do nothing;
select ok(
  (
    select m.value >= 1 from noetl.metrics() as m
    where m.name = 'noetl_dispatcher_shards' and m.labels ->> 'dispatcher' = 'd1'
  ),
  'shards of a dispatcher'
);
select ok(
  (
    select m.value >= 1 from noetl.metrics() as m
    where m.name = 'noetl_dispatcher_shards' and m.labels ->> 'dispatcher' = ''
  ),
  'and of nobody'
);

select * from finish();
rollback;
