-- What is late, what waits to be followed up, and what grows.
begin;
select plan(9);
select noetl_test.grant_alone() \g /dev/null
set local noetl.test_now = '2030-01-01 00:00:00+00';
create temporary view sample as
select m.name, coalesce(m.labels ->> 'kind', m.labels ->> 'state', '') as label, m.value
from noetl.metrics() as m;
select set_eq(
  $$ select * from sample where name ~ '^noetl_(timers|schedules|concurrency|outbox)' $$,
  $$
    select n, k, 0::double precision
    from unnest('{noetl_timers,noetl_timers_due,noetl_timers_late_seconds}'::text []) as n
    cross join unnest('{wait,schedule}'::text []) as k
    union all select 'noetl_schedules_failing', '', 0
  $$,
  'no timers, an empty outbox'
);

select noetl_test.start('[{"step": "w", "tool": {"kind": "wait", "duration": "10s"}}]') as x \gset
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a', '{"spec": {"concurrency": {"key": "k", "limit": 1}}}'))
) as path \gset
select noetl_test.start('[{"step": "w", "tool": {"kind": "wait", "duration": "1h"}}]') as z \gset
select set_eq(
  $$ select label, value from sample where name = 'noetl_outbox_changes' $$,
  $$ select kind::text, count(*)::double precision from noetl.change group by kind $$,
  'the outbox'
);
select noetl.put_schedule('s', :'path', '15 2 * * *', 'UTC') \g /dev/null
select noetl.start_execution(:'path') \g /dev/null
select noetl.start_execution(:'path') \g /dev/null
select noetl_test.tick() \g /dev/null
select set_eq(
  $$ select * from sample where name ~ '^noetl_(timers|concurrency)' and value > 0 $$,
  $$
    values
      ('noetl_timers', 'wait', 2::double precision), ('noetl_timers', 'schedule', 1),
      ('noetl_concurrency_places', 'held', 1), ('noetl_concurrency_places', 'waiting', 1)
  $$,
  'what waits'
);
set local noetl.test_now = '2030-01-01 00:00:15+00';
select set_eq(
  $$ select * from sample where name ~ '^noetl_timers_' and value > 0 $$,
  $$
    values
      ('noetl_timers_due', 'wait', 1::double precision), ('noetl_timers_late_seconds', 'wait', 5)
  $$,
  'what is late'
);
update noetl.schedule set last_at = now(), last_error = '{}' where name = 's';
select is(
  (select value from sample where name = 'noetl_schedules_failing'), 1::double precision,
  'a schedule whose last firing failed'
);

insert into noetl.change (kind, execution_id, marked_at)
values ('dirty', :x, '2030-01-01 00:00:13.5+00');
insert into noetl.checkpoint (shard, checkpoint_at, state)
values (noetl_internal.shard_of(:x), '2030-01-01 00:00:14+00', '{}')
on conflict (shard) do update set checkpoint_at = excluded.checkpoint_at;
select set_eq(
  format(
    $$
      select m.name, m.value from noetl.metrics() as m
      where m.name ~ '^noetl_(projection|checkpoint)' and m.labels ->> 'shard' = '%s'
    $$,
    noetl_internal.shard_of(:x)
  ),
  $$
    values
      ('noetl_projection_lag_seconds', 1.5::double precision), ('noetl_checkpoint_age_seconds', 1)
  $$,
  'how far a shard of the projection is behind'
);
select is(
  (select value from sample where name = 'noetl_outbox_oldest_seconds' and label = 'dirty'),
  1.5::double precision, 'and the outbox'
);

set local noetl.test_now = '2000-01-01 00:00:00+00';
select is(
  (select value from sample where name = 'noetl_event_partitions_ahead'),
  (
    select count(*)::double precision from pg_inherits where inhparent = 'noetl.event'::regclass
  ),
  'partitions of later weeks'
);
set local noetl.test_now = '2030-01-01 00:00:15+00';
analyze noetl.catalog;
select ok(
  (
    select m.value > 0 from noetl.metrics() as m
    where m.name = 'noetl_table_bytes' and m.labels ->> 'table' = 'catalog'
  ),
  'the size of a table'
);

select * from finish();
rollback;
