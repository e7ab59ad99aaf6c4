-- Record one shard's outcome: its end, its retry, or the fan-in. The single form of record_events:
-- true when it was recorded, false when this changed nothing (a repeat, or late).
-- Locks: as record_events. Raises: NE409; NE422 for an outcome that is no valid event; NE423
-- while another session holds the execution.
create or replace function noetl.record_shard(
  p_session uuid,
  p_execution_id bigint,
  p_command_id text,
  p_is_ok boolean,
  p_result jsonb default null,
  p_error jsonb default null
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_answer jsonb := noetl.record_events(
    jsonb_build_array(
      jsonb_build_object(
        'session', p_session, 'execution_id', p_execution_id, 'command_id', p_command_id,
        'type', case when p_is_ok then 'command.completed' else 'command.failed' end,
        'result', p_result, 'error', p_error
      )
    )
  );
begin
  if v_answer -> 'rejected' <> '[]' then
    raise exception '%', v_answer -> 'rejected' -> 0 ->> 'message' using
      errcode = 'NE422', hint = 'See docs/protocol.md for what a report may hold.';
  elsif v_answer -> 'retry' <> '[]' then
    raise exception 'execution % is locked by another session', p_execution_id using
      errcode = 'NE423', hint = 'Call again.';
  end if;
  return v_answer -> 'recorded' = '1';
end;
$function$;

comment on function noetl.record_shard(uuid, bigint, text, boolean, jsonb, jsonb)
is 'Record one shard''s outcome; false when this changed nothing.';
revoke all on function noetl.record_shard(uuid, bigint, text, boolean, jsonb, jsonb) from public;
grant execute on function noetl.record_shard(uuid, bigint, text, boolean, jsonb, jsonb)
to noetl_worker;
