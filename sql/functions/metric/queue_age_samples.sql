-- For how long the oldest command of a pool has been leased, and since when that has been queued
-- which is next in line: of each priority the first, by the event that tells of its issue.
create or replace function noetl_internal.queue_age_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with ages (pool, status, since) as (
    select p.pool, 'queued', min(e.created_at)
    from noetl_internal.queued_pools() as p (pool)
    cross join generate_series(0, 9) as l (priority)
    cross join lateral (
      select c.execution_id, c.command_id from noetl.command as c
      where c.status = 'queued' and c.pool = p.pool and c.priority = l.priority::smallint
      order by c.place
      limit 1
    ) as h
    cross join lateral (
      -- The limit keeps it a look at one event for each: joined, it may read the log.
      select e.created_at from noetl.event as e
      where
        e.execution_id = h.execution_id and e.event_type = 'command.issued'
        and e.meta ? 'command_id' and e.meta ->> 'command_id' = h.command_id
      limit 1
    ) as e
    group by p.pool
    union all
    select c.pool, 'leased', min(c.claimed_at)
    from noetl.command as c
    where c.status = 'leased'
    group by c.pool
  )
  select
    'noetl_queue_oldest_seconds', jsonb_build_object('pool', a.pool, 'status', a.status),
    greatest(extract(epoch from noetl_internal.clock_now() - a.since), 0)
  from ages as a
$function$;

comment on function noetl_internal.queue_age_samples()
is 'How long the queue''s oldest have been in it, for metrics.';
