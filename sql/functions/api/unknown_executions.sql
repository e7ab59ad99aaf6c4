-- Which of these executions nobody has ever started, or whose rows retention has removed.
-- Locks: none. Raises: nothing.
create or replace function noetl.unknown_executions(p_execution_ids bigint [])
returns bigint []
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
  select coalesce(array_agg(i.execution_id order by i.execution_id), array[]::bigint [])
  from (select distinct u.id as execution_id from unnest(p_execution_ids) as u (id)) as i
  where
    i.execution_id is not null
    and not exists (
      select from noetl.execution as e where e.execution_id = i.execution_id
    )
$function$;

comment on function noetl.unknown_executions(bigint [])
is 'Which of these executions nobody has ever started.';
revoke all on function noetl.unknown_executions(bigint []) from public;
grant execute on function noetl.unknown_executions(bigint []) to noetl_worker;
