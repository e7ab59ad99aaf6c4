-- How many chunks a worker may report of a command that it holds: {"next_chunk": the first index
-- that is not recorded, by whatever attempt; "room": how many more may come now, null for any
-- number}. Null when the session does not hold the command (any more).
-- Locks: none. Raises: NE401, NE410.
create or replace function noetl.stream_state(
  p_session uuid,
  p_execution_id bigint,
  p_command_id text
)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_command noetl.command;
begin
  perform noetl_internal.require_session(p_session);
  select * into v_command from noetl.command as c
  where
    c.execution_id = p_execution_id
    and c.command_id = p_command_id
    and c.session_id = p_session;
  if not found then
    return null;
  end if;
  return noetl_internal.stream_of(
    p_execution_id, v_command.catalog_id, v_command.token_id, v_command.step
  );
end;
$function$;

comment on function noetl.stream_state(uuid, bigint, text)
is 'How many chunks a worker may report of a command that it holds.';
revoke all on function noetl.stream_state(uuid, bigint, text) from public;
grant execute on function noetl.stream_state(uuid, bigint, text) to noetl_worker;
