-- The pools that have queued commands: found one by one from the index, without reading the queue.
create or replace function noetl_internal.queued_pools()
returns setof text
language sql stable
as $function$
  with recursive pools (pool) as (
    (
      select c.pool from noetl.command as c
      where c.status = 'queued'
      order by c.pool limit 1
    )
    union all
    select n.pool
    from pools as p
    cross join lateral (
      select c.pool from noetl.command as c
      where c.status = 'queued' and c.pool > p.pool
      order by c.pool limit 1
    ) as n
  )
  select p.pool from pools as p
$function$;

comment on function noetl_internal.queued_pools() is 'The pools that have queued commands.';
