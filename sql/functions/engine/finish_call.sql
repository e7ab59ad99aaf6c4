-- Record how the call of a plain step ended (call.done or call.error) and end its activation.
-- Locks: the run row.
create or replace function noetl_internal.finish_call(
  p_execution_id bigint,
  p_catalog_id bigint,
  p_token_id integer,
  p_step text,
  p_is_ok boolean,
  p_result jsonb,
  p_error jsonb,
  p_ctx jsonb,
  p_meta jsonb default '{}'
)
returns void
language plpgsql volatile
as $function$
declare
  v_event text := case when p_is_ok then 'call.done' else 'call.error' end;
begin
  perform noetl_internal.append_event(
    p_execution_id, p_catalog_id, v_event, p_step, p_result ->> 'status',
    nullif(
      case when p_ctx is null then '{}' else jsonb_build_object('ctx', p_ctx) end
      || case when p_error is null then '{}' else jsonb_build_object('error', p_error) end,
      '{}'
    ),
    p_result, jsonb_build_object('token_id', p_token_id) || p_meta, p_error ->> 'message'
  );
  perform noetl_internal.finish_step(
    p_execution_id, p_token_id, v_event, p_result, p_error, p_ctx
  );
end;
$function$;

comment on function noetl_internal.finish_call(
  bigint, bigint, integer, text, boolean, jsonb, jsonb, jsonb, jsonb
) is 'Record how the call of a plain step ended, and end its activation.';
