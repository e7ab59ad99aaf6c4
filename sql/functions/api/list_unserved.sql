-- The queued commands that no live worker can take, by pool and kinds of tools; kinds are empty for
-- commands that any worker of the pool can take. Reads the queue, and so costs more the longer it
-- is: for people and metrics, not for workers.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_unserved()
returns table (pool text, kinds text [], commands bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
  select u.pool, u.kinds, u.commands
  from (
    select
      q.pool, case when q.is_run then s.kinds else array[]::text [] end as kinds,
      sum(q.count)::bigint as commands
    from (
      select c.catalog_id, c.step, c.pool, c.task in ('run', 'frame') as is_run, count(*) as count
      from noetl.command as c
      where c.status = 'queued'
      group by c.catalog_id, c.step, c.pool, c.task in ('run', 'frame')
    ) as q
    inner join noetl.catalog_step as s on s.catalog_id = q.catalog_id and s.step = q.step
    group by 1, 2
  ) as u
  where not noetl_internal.is_served(u.pool, u.kinds)
  order by u.pool, u.kinds
$function$;

comment on function noetl.list_unserved()
is 'The queued commands that no live worker can take, by pool and kinds of tools.';
revoke all on function noetl.list_unserved() from public;
grant execute on function noetl.list_unserved() to noetl_reader, noetl_runner, noetl_operator;
