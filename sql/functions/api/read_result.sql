-- Where a stored result is, its checksum and, in tier db, its payload.
-- Raises: NE401, NE410, NE403, NE404 when the reference is unknown.
create or replace function noetl.read_result(
  p_session uuid,
  p_ref text
)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_execution_id bigint := substring(p_ref from '^noetl://([0-9]{1,18})/result/')::bigint;
  v_result jsonb;
begin
  perform noetl_internal.require_session(p_session);
  select
    jsonb_build_object(
      'store_tier', r.store_tier, 'physical_uri', r.physical_uri,
      'content_type', r.content_type, 'bytes', r.bytes, 'sha256', r.sha256,
      'payload', p.payload
    )
  into v_result
  from noetl.result_ref as r
  left join noetl.result_payload as p
    on p.execution_id = r.execution_id and p.ref_id = r.ref_id
  where r.execution_id = v_execution_id and r.ref_id = noetl_internal.ref_id_of(p_ref);
  if v_result is null then
    raise exception 'no result is stored as "%"', left(p_ref, 200) using
      errcode = 'NE404', hint = 'The run may have been retired, or the reference is mistyped.';
  end if;
  perform noetl_internal.require_kin(p_session, v_execution_id);
  return v_result;
end;
$function$;

comment on function noetl.read_result(uuid, text)
is 'Where a stored result is, its checksum and, in tier db, its payload.';
revoke all on function noetl.read_result(uuid, text) from public;
grant execute on function noetl.read_result(uuid, text) to noetl_worker;
