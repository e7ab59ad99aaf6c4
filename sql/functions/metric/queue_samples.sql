-- The queue: commands by pool and status, each counted up to the limit.
create or replace function noetl_internal.queue_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with counts (pool, status, n) as (
    select p.pool, 'queued', n.n
    from noetl_internal.queued_pools() as p (pool)
    cross join lateral (
      select count(*) as n
      from (
        select from noetl.command as c
        where c.status = 'queued' and c.pool = p.pool
        limit noetl_internal.count_limit()
      ) as k
    ) as n
    union all
    select k.pool, 'leased', count(*)
    from (
      select c.pool from noetl.command as c
      where c.status = 'leased'
      limit noetl_internal.count_limit()
    ) as k
    group by k.pool
    union all
    select k.pool, 'held', count(*)
    from (
      select h.pool
      from noetl.run as r
      cross join lateral (
        select c.pool from noetl.command as c
        where c.execution_id = r.execution_id and c.status = 'held'
        limit noetl_internal.count_limit()
      ) as h
      where r.is_paused
      limit noetl_internal.count_limit()
    ) as k
    group by k.pool
  )
  select 'noetl_queue_commands', jsonb_build_object('pool', c.pool, 'status', c.status), c.n
  from counts as c
$function$;

comment on function noetl_internal.queue_samples() is 'The queue, for metrics.';
