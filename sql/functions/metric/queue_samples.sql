-- The queue: commands by pool and status.
create or replace function noetl_internal.queue_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with counts (pool, status, n) as (
    select c.pool, 'queued', count(*)
    from noetl.command as c
    where c.status = 'queued'
    group by c.pool
    union all
    select c.pool, 'leased', count(*)
    from noetl.command as c
    where c.status = 'leased'
    group by c.pool
    union all
    select h.pool, 'held', sum(h.n)
    from noetl.run as r
    cross join lateral (
      select c.pool, count(*) as n
      from noetl.command as c
      where c.execution_id = r.execution_id and c.status = 'held'
      group by c.pool
    ) as h
    where r.is_paused
    group by h.pool
  )
  select 'noetl_queue_commands', jsonb_build_object('pool', c.pool, 'status', c.status), c.n
  from counts as c
$function$;

comment on function noetl_internal.queue_samples() is 'The queue, for metrics.';
