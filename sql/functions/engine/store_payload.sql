-- Store a result in the database (tier db) and return its reference; the same command and name: the
-- same reference.
create or replace function noetl_internal.store_payload(
  p_execution_id bigint,
  p_command_id text,
  p_step text,
  p_name text,
  p_payload jsonb,
  p_bytes bigint,
  p_sha256 text
)
returns text
language plpgsql volatile
as $function$
declare
  v_ref noetl.result_ref;
begin
  v_ref := noetl_internal.store_result(
    jsonb_build_object(
      'execution_id', p_execution_id, 'command_id', p_command_id, 'step', p_step, 'name', p_name,
      'store_tier', 'db', 'content_type', 'application/json', 'bytes', p_bytes,
      'sha256', p_sha256, 'payload', p_payload
    )
  );
  return v_ref.ref;
end;
$function$;

comment on function noetl_internal.store_payload(bigint, text, text, text, jsonb, bigint, text)
is 'Store a result in the database and return its reference.';
