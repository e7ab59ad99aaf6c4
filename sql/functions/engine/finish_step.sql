-- End the activation of a step: keep its result, route on, drop the token. Does nothing when the
-- token or the run is gone. An error in one of the step's own expressions fails the run with its
-- place.
-- Locks: the run row.
create or replace function noetl_internal.finish_step(
  p_execution_id bigint,
  p_token_id integer,
  p_event text,
  p_result jsonb,
  p_error jsonb,
  p_ctx jsonb,
  p_loop_id bigint default null
)
returns void
language plpgsql volatile
as $function$
declare
  v_run noetl.run;
  v_token noetl.token;
  v_locals jsonb;
  v_exit jsonb;
  v_error jsonb := p_error;
  v_message text;
  v_code text;
begin
  select * into v_run from noetl.run as r
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  for no key update;
  if not found then
    return;
  end if;
  select * into v_token from noetl.token as t
  where t.execution_id = p_execution_id and t.token_id = p_token_id;
  if not found then
    return;
  end if;

  v_locals := noetl_internal.exit_locals(
    p_execution_id, p_event, v_token.input, p_result, p_error, p_loop_id
  );
  begin
    perform noetl_internal.save_step_result(
      p_execution_id, v_token.step, p_result, p_error, p_loop_id
    );
    perform noetl_internal.write_ctx(p_execution_id, p_ctx);
    v_exit := noetl_internal.leave_step(
      v_token, noetl_internal.step_definition(v_run.catalog_id, v_token.step),
      noetl_internal.is_no_next_an_error(v_run.catalog_id), v_locals, p_error
    );
    if v_exit is not null then
      perform noetl_internal.append_event(
        p_execution_id, v_run.catalog_id, 'step.exit', v_token.step,
        case when p_error is null then 'ok' else 'error' end,
        v_exit, null, jsonb_build_object('token_id', p_token_id)
      );
    elsif v_error is null then
      v_error := jsonb_build_object(
        'kind', 'routing', 'message', 'no arc matches and no_next_is_error is set'
      );
    end if;
  exception
    -- Expressions (NE46x) and limits of what may be stored (checks) are the playbook's errors, not
    -- the engine's.
    when sqlstate 'NE461' or sqlstate 'NE462' or sqlstate 'NE463' or sqlstate 'NE464'
      or check_violation then
      get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
      v_exit := null;
      v_error := jsonb_build_object('kind', 'template', 'code', v_code, 'message', v_message);
  end;

  delete from noetl.token as t
  where t.execution_id = p_execution_id and t.token_id = p_token_id;
  if v_exit is null then
    v_error := jsonb_build_object('step', v_token.step) || v_error;
    perform noetl_internal.append_event(
      p_execution_id, v_run.catalog_id, 'step.exit', v_token.step, 'error',
      p_meta => jsonb_build_object('token_id', p_token_id), p_error => v_error ->> 'message'
    );
    perform noetl_internal.fail_run(p_execution_id, v_error);
  end if;
  update noetl.run as r
  set last_step = v_token.step, version = r.version + 1
  where r.execution_id = p_execution_id;
end;
$function$;

comment on function noetl_internal.finish_step(
  bigint, integer, text, jsonb, jsonb, jsonb, bigint
) is 'End the activation of a step and route on.';
