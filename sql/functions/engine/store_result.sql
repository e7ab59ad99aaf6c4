-- Store one result as a worker describes it (noetl.record_results) and return its reference.
-- Raises: NE422 when tier db comes without a payload.
create or replace function noetl_internal.store_result(p_result jsonb)
returns text
language plpgsql volatile
as $function$
declare
  v_execution_id bigint := (p_result ->> 'execution_id')::bigint;
  v_ref noetl.result_ref;
begin
  if p_result ->> 'store_tier' <> 'db' then
    v_ref := noetl_internal.add_result_ref(v_execution_id, p_result);
    return v_ref.ref;
  elsif p_result -> 'payload' is null then
    raise exception 'result "%" of tier db has no payload', p_result ->> 'name' using
      errcode = 'NE422', hint = 'Send the payload, or store it in a file and send its uri.';
  end if;
  return noetl_internal.store_payload(
    v_execution_id, p_result ->> 'command_id', p_result ->> 'step', p_result ->> 'name',
    p_result -> 'payload', (p_result ->> 'bytes')::bigint, p_result ->> 'sha256'
  );
end;
$function$;

comment on function noetl_internal.store_result(jsonb)
is 'Store one result as a worker describes it.';
