-- How the first event of a run tells its workload: itself when small, else a stored result's
-- reference.
create or replace function noetl_internal.workload_context(
  p_execution_id bigint,
  p_workload jsonb
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_text text := p_workload::text;
begin
  if octet_length(v_text) <= 32768 then
    return jsonb_build_object('workload', p_workload);
  end if;
  return jsonb_build_object(
    'workload_ref',
    noetl_internal.store_payload(
      p_execution_id, null, null, 'workload', p_workload, octet_length(v_text),
      encode(sha256(convert_to(v_text, 'UTF8')), 'hex')
    )
  );
end;
$function$;

comment on function noetl_internal.workload_context(bigint, jsonb)
is 'How the first event of a run tells its workload.';
