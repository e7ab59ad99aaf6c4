-- Hand out up to p_limit queued commands of the session's pools, by priority and place in line,
-- leased to the session. The same request id gives the same rows again. p_marks: per priority, the
-- place below which the worker saw nothing queued, so that dead rows which a foreign snapshot keeps
-- are not walked over again (docs/protocol.md). p_room: {"duckdb": 1, "*": 0}: how many commands it
-- can take whose step has tools of this kind, of any other kind; what is not named: any number.
-- Locks: command rows, skipping locked ones; never waits. Raises: NE401, NE410, NE422 for a bad
-- p_room.
create or replace function noetl.claim_commands(
  p_session uuid,
  p_request_id uuid,
  p_limit integer default 10,
  p_marks jsonb default null,
  p_room jsonb default null
)
returns table (
  execution_id bigint,
  command_id text,
  catalog_id bigint,
  step text,
  task text,
  loop_id bigint,
  iter_index integer,
  collection_ref text,
  item jsonb,
  input jsonb,
  issue integer,
  attempt integer,
  context_version bigint,
  total integer,
  priority smallint,
  place bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
begin
  -- A claim lost in a crash is a command nobody holds: its session's heartbeat does not list it. So
  -- it need not wait for the disk; any later report flushes it too.
  perform set_config('synchronous_commit', 'off', true);
  perform noetl_internal.require_counts(p_room, 'p_room');
  return query
  select h.*
  from noetl_internal.hand_out(
    noetl_internal.require_session(p_session), p_request_id, p_limit, p_marks, p_room
  ) as h;
end;
$function$;

comment on function noetl.claim_commands(uuid, uuid, integer, jsonb, jsonb)
is 'Hand out queued commands, leased to the session; safe to repeat by request id.';
revoke all on function noetl.claim_commands(uuid, uuid, integer, jsonb, jsonb) from public;
grant execute on function noetl.claim_commands(uuid, uuid, integer, jsonb, jsonb) to noetl_worker;
