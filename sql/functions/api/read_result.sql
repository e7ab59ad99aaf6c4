-- Where a stored result is, its checksum, how its rows lie in it and, in tier db, its payload.
-- Raises: NE401, NE410, NE403, NE404 when the reference is unknown or its bytes were removed.
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
  v_execution_id bigint :=
    noetl_internal.bigint_of(substring(p_ref from '^noetl://([0-9]+)/result/'));
  v_result jsonb;
begin
  perform noetl_internal.require_session(p_session);
  select
    jsonb_build_object(
      'store_tier', r.store_tier, 'physical_uri', r.physical_uri,
      'content_type', r.content_type, 'bytes', r.bytes, 'sha256', r.sha256,
      'row_count', r.row_count, 'manifest', m.summary, 'payload', p.payload
    )
  into v_result
  from noetl.result_ref as r
  left join noetl.result_payload as p
    on p.execution_id = r.execution_id and p.ref_id = r.ref_id
  left join noetl.manifest as m
    on m.execution_id = r.execution_id and m.manifest_id = r.ref_id
  where
    r.execution_id = v_execution_id and r.ref_id = noetl_internal.ref_id_of(p_ref)
    and r.removed_at is null;
  if v_result is null then
    raise exception 'no result is stored as "%"', left(p_ref, 200) using
      errcode = 'NE404', hint = 'It may have expired (spec.result.ttl, scope): produce it again.';
  end if;
  perform noetl_internal.require_kin(p_session, v_execution_id);
  return v_result;
end;
$function$;

comment on function noetl.read_result(uuid, text)
is 'Where a stored result is, its checksum and, in tier db, its payload.';
revoke all on function noetl.read_result(uuid, text) from public;
grant execute on function noetl.read_result(uuid, text) to noetl_worker;
