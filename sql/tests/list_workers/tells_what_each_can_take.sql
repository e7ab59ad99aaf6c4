-- P4.2-1: people and dashboards see who has room, and who has fallen silent.
begin;
select plan(6);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl.register_session('wl1', '{default,big}', '{"slots": 4, "available_slots": 4}') as w \gset
select noetl.register_dispatcher('wl2') as d \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
create temporary view shown as
select w.name, w.kind, w.pools, w.capacity, w.held, w.heartbeat_age from noetl.list_workers() as w
where w.name in ('wl1', 'wl2');
select results_eq(
  'table shown',
  $$ values
    ('wl2', 'dispatcher', '{}'::text [], '{}'::jsonb, 0, 0::double precision),
    ('wl1', 'worker', '{default,big}', '{"slots": 4, "available_slots": 4}', 0, 0)
  $$, 'as they registered'
);
select array_agg(command_id) as held from noetl_test.claim(:'w') \gset
set local noetl.test_now = '2030-01-01 00:00:07+00';
select results_eq($$ select held, heartbeat_age from shown where name = 'wl1' $$, 'values (1, 7::double precision)', 'what it has been given, and when it was heard of');
select noetl.heartbeat(:'w', :'held', '{"slots": 4, "available_slots": 3, "active_tasks": 1}') \g /dev/null
select results_eq(
  $$ select capacity, heartbeat_age from shown where name = 'wl1' $$,
  $$ values ('{"slots": 4, "available_slots": 3, "active_tasks": 1}'::jsonb, 0::double precision) $$, 'a heartbeat brings news'
);
select noetl.heartbeat(:'w', :'held') \g /dev/null
select is((select capacity ->> 'available_slots' from shown where name = 'wl1'), '3', 'P4.2-4: or says nothing of it');
select noetl.end_session(:'w') \g /dev/null
select is((select count(*)::integer from shown), 1, 'who has ended is not listed');
select throws_ok(
  $$ select noetl.register_session('bad', '{default}', '{"slots": 1, "tools": "python"}') $$, 'NE422', null,
  'a capacity that cannot be read is refused'
);

select * from finish();
rollback;
