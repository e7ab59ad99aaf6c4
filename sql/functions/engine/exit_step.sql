-- Keep a step's result and route on from it; returns null, or the error that nothing takes up, and
-- then nothing of the exit stands. What its own expressions get wrong, and values over the limits
-- of what may be stored, are the playbook's errors too.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.exit_step(
  p_catalog_id bigint,
  p_token noetl.token,
  p_event text,
  p_result jsonb,
  p_error jsonb,
  p_ctx jsonb,
  p_loop_id bigint
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_exit jsonb;
  v_message text;
  v_code text;
begin
  perform noetl_internal.save_step_result(
    p_token.execution_id, p_token.step, p_result, p_error, p_loop_id
  );
  if p_ctx is not null then
    perform noetl_internal.write_ctx(p_token.execution_id, p_ctx);
  end if;
  v_exit := noetl_internal.leave_step(
    p_token, noetl_internal.step_definition(p_catalog_id, p_token.step),
    p_catalog_id,
    noetl_internal.exit_locals(
      p_token.execution_id, p_event, p_token.input, p_result, p_error, p_loop_id
    ),
    p_error
  );
  perform noetl_internal.append_event(
    p_token.execution_id, p_catalog_id, 'step.exit', p_token.step,
    case when p_error is null then 'ok' else 'error' end,
    v_exit, null, jsonb_build_object('token_id', p_token.token_id)
  );
  return null;
exception
  when sqlstate 'NE465' then
    return coalesce(
      p_error,
      '{"kind": "routing", "message": "no arc matches and no_next_is_error is set"}'
    );
  when sqlstate 'NE461' or sqlstate 'NE462' or sqlstate 'NE463' or sqlstate 'NE464'
    or check_violation then
    get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
    return jsonb_build_object(
      'kind', 'template', 'code', v_code,
      'message', concat_ws('; after: ', v_message, p_error ->> 'message')
    );
end;
$function$;

comment on function noetl_internal.exit_step(
  bigint, noetl.token, text, jsonb, jsonb, jsonb, bigint
) is 'Keep a step''s result and route on from it; returns the error that nothing takes up.';
