-- Report and claim in one transaction: what record_events and claim_commands do, in one round trip
-- and with one flush; {"recorded": answer, "commands": [row]}. For a worker with little to say:
-- what its reports lock stays locked until the claim is done. Repeated with the same request id:
-- the reports are late, the commands the same.
-- Locks: as record_events, then as claim_commands. Raises: NE401, NE410, NE409, NE422.
create or replace function noetl.exchange(
  p_session uuid,
  p_events jsonb,
  p_request_id uuid,
  p_limit integer default 10,
  p_marks jsonb default null,
  p_room jsonb default null
)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_recorded jsonb := noetl_internal.ingest_events(p_events);
begin
  if p_room is not null then
    perform noetl_internal.require_counts(p_room, 'p_room');
  end if;
  return jsonb_build_object(
    'recorded', v_recorded,
    'commands', (
      select coalesce(jsonb_agg(to_jsonb(h) order by h.priority desc, h.place), '[]')
      from noetl_internal.hand_out(
        noetl_internal.require_session(p_session), p_request_id, p_limit, p_marks, p_room
      ) as h
    )
  );
end;
$function$;

comment on function noetl.exchange(uuid, jsonb, uuid, integer, jsonb, jsonb)
is 'Report and claim in one transaction; safe to repeat by request id.';
revoke all on function noetl.exchange(uuid, jsonb, uuid, integer, jsonb, jsonb) from public;
grant execute on function noetl.exchange(uuid, jsonb, uuid, integer, jsonb, jsonb) to noetl_worker;
