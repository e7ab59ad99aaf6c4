-- Whoever scales a pool or is called at night looks at these numbers: they must be those of the
-- tables.
begin;
select plan(7);
set local noetl.test_now = '2030-01-01 00:00:00+00';
create temporary view sample as
select m.name, m.labels, m.value from noetl.metrics() as m
where m.name in ('noetl_queue_commands', 'noetl_queue_oldest_seconds', 'noetl_runs');
select is_empty('table sample', 'nothing where nothing is');

select noetl_test.worker('w1', '{default}') as w \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', '{"spec": {"pool": "gpu"}}' || jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel", "max_in_flight": 3}')))
  )
) as y \gset
set local noetl.test_now = '2030-01-01 00:00:30+00';
-- Of another priority: of two that newcomers begin at the same place, either is next in line.
select noetl_test.start(jsonb_build_array(noetl_test.step('a')), '{}', '{"executor": {"spec": {"priority": 4}}}') as z \gset
set local noetl.test_now = '2030-01-01 00:01:00+00';
select set_eq(
  'table sample',
  $$
    values
      ('noetl_queue_commands', '{"pool": "default", "status": "queued"}'::jsonb, 2::double precision),
      ('noetl_queue_commands', '{"pool": "gpu", "status": "queued"}', 3),
      ('noetl_queue_oldest_seconds', '{"pool": "default", "status": "queued"}', 60),
      ('noetl_queue_oldest_seconds', '{"pool": "gpu", "status": "queued"}', 60),
      ('noetl_runs', '{"status": "running"}', 3)
  $$,
  'queued commands by pool, the age of the next in line, runs'
);

select count(*) from noetl_test.claim(:'w') \g /dev/null
set local noetl.test_now = '2030-01-01 00:01:05+00';
select set_eq(
  $$ select labels, value from sample where name like 'noetl_queue%' and labels ->> 'pool' = 'default' $$,
  $$
    values
      ('{"pool": "default", "status": "leased"}'::jsonb, 2::double precision),
      ('{"pool": "default", "status": "leased"}', 5)
  $$,
  'leased ones, and since when the oldest is at work'
);

select noetl.pause_execution(:y) \g /dev/null
select set_eq(
  $$ select name, labels, value from sample where labels ->> 'pool' = 'gpu' $$,
  $$ values ('noetl_queue_commands', '{"pool": "gpu", "status": "held"}'::jsonb, 3::double precision) $$,
  'commands of a run that is paused'
);
select set_eq(
  $$ select labels ->> 'status', value from sample where name = 'noetl_runs' $$,
  $$ values ('running', 2::double precision), ('paused', 1) $$,
  'which is counted as such'
);

select noetl.cancel_execution(:y) \g /dev/null
select noetl.cancel_execution(:z) \g /dev/null
select noetl_test.tick() \g /dev/null
select set_eq(
  $$ select labels ->> 'status', value from sample where name = 'noetl_runs' $$,
  $$ values ('running', 1::double precision) $$,
  'ended runs are not'
);
select noetl.cancel_execution(:x) \g /dev/null
select noetl_test.tick() \g /dev/null
select is_empty('table sample', 'and leave nothing');

select * from finish();
rollback;
