-- What noetl.retain would do now: how many executions it would retire and sessions forget, and
-- which partitions it would drop. Items: executions, partition (one row each), sessions. What
-- somebody holds at the time may take until later.
-- Locks: none. Raises: nothing.
create or replace function noetl.retention_plan()
returns table (item text, name text, count bigint, bytes bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
  v_cutoff timestamptz := noetl_internal.retention_cutoff();
begin
  return query
  with recursive retirable as (
    select r.run_id from noetl_internal.retirable_runs(v_cutoff, null) as r (run_id)
    union
    select c.execution_id  -- its parent goes first
    from retirable as p
    inner join noetl.run as c on c.parent_execution_id = p.run_id
    where
      c.finished_at < v_cutoff
      and not exists (
        select from noetl.run as g
        where g.parent_execution_id = c.execution_id and g.finished_at is null
      )
  )
  select 'executions', null, count(*), null::bigint
  from (
    select a.run_id from retirable as a
    union all
    select m.execution_id from noetl.manifest as m where m.kind = 'retiring'
  ) as e
  union all
  select
    'partition', p.partition::text, null,
    pg_total_relation_size(p.partition)
  from noetl_internal.log_partitions() as p
  where
    p.high <= noetl_internal.execution_id_at(v_cutoff)
    and not exists (
      select from noetl.run as r
      where
        r.execution_id >= p.low and r.execution_id < p.high
        and not exists (select from retirable as a where a.run_id = r.execution_id)
    )
  union all
  select 'sessions', null, count(*), null from noetl_internal.forgettable_sessions(null);
end;
$function$;

comment on function noetl.retention_plan()
is 'What noetl.retain would do now.';
revoke all on function noetl.retention_plan() from public;
grant execute on function noetl.retention_plan() to noetl_operator, noetl_reader;
