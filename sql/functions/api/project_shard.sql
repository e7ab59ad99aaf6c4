-- As project_shards, of one shard. One that is not the caller's, or not any more: 0.
-- Locks: as own_shards and project_dirty. Raises: NE401, NE410.
create or replace function noetl.project_shard(
  p_session uuid,
  p_shard integer,
  p_limit integer default 500
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  perform noetl_internal.require_session(p_session);
  return noetl_internal.project_dirty(
    noetl_internal.own_shards(p_session, array[p_shard]), p_limit
  );
end;
$function$;

comment on function noetl.project_shard(uuid, integer, integer)
is 'Copy the state of runs that changed, of one shard.';
revoke all on function noetl.project_shard(uuid, integer, integer) from public;
grant execute on function noetl.project_shard(uuid, integer, integer) to noetl_worker;
