-- Store one result as a worker describes it (noetl.record_results) and return the row that says
-- where it is.
-- Raises: NE422 when tier db comes without a payload.
create or replace function noetl_internal.store_result(p_result jsonb)
returns noetl.result_ref
language plpgsql volatile
as $function$
declare
  v_ref noetl.result_ref;
begin
  if p_result ->> 'store_tier' = 'db' and p_result -> 'payload' is null then
    raise exception 'result "%" of tier db has no payload', p_result ->> 'name' using
      errcode = 'NE422', hint = 'Send the payload, or put it into a store and send its uri.';
  end if;
  v_ref := noetl_internal.add_result_ref((p_result ->> 'execution_id')::bigint, p_result);
  if v_ref.store_tier = 'db' and p_result ->> 'store_tier' = 'db' then
    insert into noetl.result_payload (execution_id, ref_id, payload)
    values (v_ref.execution_id, v_ref.ref_id, p_result -> 'payload')
    on conflict do nothing;
  end if;
  return v_ref;
end;
$function$;

comment on function noetl_internal.store_result(jsonb)
is 'Store one result as a worker describes it.';
