-- The ciphertext of a credential that a run uses: {"name", "kind", "secret" in base64}.
-- Raises: NE401, NE410, NE403 when the starter of the run may not use it, NE424 when it does not
-- exist.
create or replace function noetl.read_credential(
  p_session uuid,
  p_execution_id bigint,
  p_name text
)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_run noetl.run := noetl_internal.require_run(p_session, p_execution_id);
  v_credential noetl.credential;
begin
  perform noetl_internal.check_credentials(jsonb_build_array(p_name), v_run.started_by);
  select * into v_credential from noetl.credential as c where c.name = p_name;
  return jsonb_build_object(
    'name', v_credential.name, 'kind', v_credential.kind,
    'secret', translate(encode(v_credential.secret, 'base64'), E'\n', '')
  );
end;
$function$;

comment on function noetl.read_credential(uuid, bigint, text)
is 'The ciphertext of a credential that a run uses.';
revoke all on function noetl.read_credential(uuid, bigint, text) from public;
grant execute on function noetl.read_credential(uuid, bigint, text) to noetl_worker;
