-- Bring a ready token into its step: join, the turn of a chunk, admission, then a loop, a command,
-- or nothing to do. An expression that cannot be evaluated ends the step with call.error. True when
-- a worker got a command of it.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.route_token(
  p_run noetl.run,
  p_token noetl.token
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_definition jsonb := noetl_internal.step_definition(p_run.catalog_id, p_token.step);
  v_message text;
  v_code text;
begin
  if
    v_definition ->> 'join' is not null
    and not p_token.has_joined
    and p_token.split_steps
    && array(select jsonb_array_elements_text(v_definition -> 'join' -> 'splits'))
  then
    update noetl.token as t
    set status = 'waiting_join'
    where t.execution_id = p_token.execution_id and t.token_id = p_token.token_id;
    return false;
  end if;
  -- A case: "null and …" would be evaluated to its end, and most tokens have no input.
  if (case when p_token.input ? '_partial' then not noetl_internal.is_turn(p_token) end) then
    update noetl.token as t
    set status = 'waiting_turn'
    where t.execution_id = p_token.execution_id and t.token_id = p_token.token_id;
    return false;
  end if;
  begin
    case noetl_internal.admission(p_token, v_definition -> 'admit')
      when 'allow' then
        return noetl_internal.admit_token(p_run, p_token, v_definition);
      when 'discard' then
        perform noetl_internal.append_event(
          p_token.execution_id, p_run.catalog_id, 'step.exit', p_token.step, 'skipped',
          p_meta => jsonb_build_object('token_id', p_token.token_id)
        );
        delete from noetl.token as t
        where t.execution_id = p_token.execution_id and t.token_id = p_token.token_id;
        if p_token.input ? '_partial' then
          perform noetl_internal.open_turns(p_token);
        end if;
      else
        update noetl.token as t
        set status = 'waiting_admission'
        where t.execution_id = p_token.execution_id and t.token_id = p_token.token_id;
    end case;
  exception
    when sqlstate 'NE461' or sqlstate 'NE462' or sqlstate 'NE463' or sqlstate 'NE464'
      or check_violation then
      get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
      perform noetl_internal.finish_call(
        p_token.execution_id, p_run.catalog_id, p_token.token_id, p_token.step, false,
        '{"status": "error"}',
        jsonb_build_object('kind', 'template', 'code', v_code, 'message', v_message), null
      );
  end;
  return false;
end;
$function$;

comment on function noetl_internal.route_token(noetl.run, noetl.token)
is 'Bring a ready token into its step.';
