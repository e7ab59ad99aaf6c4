-- Copy the state of runs that changed into noetl.execution, of all shards that the caller owns now;
-- returns how many outbox rows were consumed. Nothing left to do, or no shard its own: 0.
-- Locks: as own_shards and project_dirty. Raises: NE401, NE410.
create or replace function noetl.project_shards(
  p_session uuid,
  p_limit integer default 500
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_now timestamptz := noetl_internal.clock_now();
begin
  perform noetl_internal.require_session(p_session);
  return noetl_internal.project_dirty(
    noetl_internal.own_shards(
      p_session,
      array(
        select d.shard from noetl_internal.due_shards(p_session, v_now) as d
        where d.due_at <= v_now
      )
    ),
    p_limit
  );
end;
$function$;

comment on function noetl.project_shards(uuid, integer)
is 'Copy the state of runs that changed, of the shards that a dispatcher owns.';
revoke all on function noetl.project_shards(uuid, integer) from public;
grant execute on function noetl.project_shards(uuid, integer) to noetl_worker;
