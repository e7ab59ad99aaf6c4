-- Copy the state of runs that changed into noetl.execution; returns how many outbox rows were
-- consumed. The tick of workers while no dispatcher is alive: it does all shards, whoever owns
-- them; what somebody else does in this moment is left to it. Nothing left to do: 0.
-- Locks: as project_dirty.
create or replace function noetl.project_changes(p_limit integer default 500)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_now timestamptz := noetl_internal.clock_now();
begin
  return noetl_internal.project_dirty(
    array(
      select d.shard from noetl_internal.due_shards(null, v_now) as d where d.due_at <= v_now
    ),
    p_limit
  );
end;
$function$;

comment on function noetl.project_changes(integer)
is 'Copy the state of runs that changed into noetl.execution.';
revoke all on function noetl.project_changes(integer) from public;
grant execute on function noetl.project_changes(integer) to noetl_worker;
