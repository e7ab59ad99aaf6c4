-- Waits and schedules: how many there are, how many are due, since when the oldest of those is;
-- counted up to the limit, the earliest first.
create or replace function noetl_internal.timer_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with timers as (
    (
      select 'wait' as kind, t.wake_at as due_at from noetl.token as t
      where t.wake_at is not null
      order by t.wake_at
      limit noetl_internal.count_limit()
    )
    union all
    select 'schedule', s.next_at from noetl.schedule as s where s.is_active
  ),
  counted as (
    select
      k.kind, count(t.due_at) as n,
      count(*) filter (where t.due_at <= noetl_internal.clock_now()) as due,
      coalesce(
        extract(epoch from max(noetl_internal.clock_now() - t.due_at)), 0
      ) as late
    from (values ('wait'), ('schedule')) as k (kind)
    left join timers as t on t.kind = k.kind
    group by k.kind
  )
  select 'noetl_timers', jsonb_build_object('kind', c.kind), c.n from counted as c
  union all
  select 'noetl_timers_due', jsonb_build_object('kind', c.kind), c.due from counted as c
  union all
  select 'noetl_timers_late_seconds', jsonb_build_object('kind', c.kind), greatest(c.late, 0)
  from counted as c
  union all
  select 'noetl_schedules_failing', '{}'::jsonb, count(*)
  from noetl.schedule as s
  where s.is_active and s.last_error is not null
  union all
  select
    'noetl_concurrency_places',
    jsonb_build_object('state', case when s.is_held then 'held' else 'waiting' end), count(*)
  from (select p.is_held from noetl.slot as p limit noetl_internal.count_limit()) as s
  group by s.is_held
$function$;

comment on function noetl_internal.timer_samples()
is 'Waits, schedules and places under concurrency keys, for metrics.';
