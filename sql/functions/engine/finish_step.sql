-- End the activation of a step: drop its token, keep its result, route on; true when it did. Does
-- nothing when the token or the run is gone. An error that nothing takes up, or of the step's own
-- expressions, fails the run: the step keeps its result, marked as an error, and writes no names.
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
returns boolean
language plpgsql volatile
as $function$
declare
  v_run noetl.run;
  v_token noetl.token;
  v_error jsonb;
begin
  select * into v_run from noetl.run as r
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  for no key update;
  if not found then
    return false;
  end if;
  delete from noetl.token as t
  where
    t.execution_id = p_execution_id and t.token_id = p_token_id
    and t.status in ('ready', 'active', 'waiting_time', 'waiting_signal')
  returning t.* into v_token;
  if not found then
    return false;
  end if;
  if v_token.slot_key is not null then
    perform noetl_internal.release_slot(p_execution_id, p_token_id);
  end if;
  if v_token.input ? '_partial' then
    perform noetl_internal.open_turns(v_token);
  end if;

  v_error := noetl_internal.exit_step(
    v_run.catalog_id, v_token, p_event, p_result, p_error, p_ctx, p_loop_id
  );
  if v_error is null then
    return true;
  end if;
  v_error := jsonb_build_object('step', v_token.step) || v_error;
  perform noetl_internal.save_step_result(
    p_execution_id, v_token.step, p_result || '{"status": "error"}', v_error, p_loop_id
  );
  perform noetl_internal.append_event(
    p_execution_id, v_run.catalog_id, 'step.exit', v_token.step, 'failed',
    jsonb_build_object('error', v_error), null, jsonb_build_object('token_id', p_token_id),
    v_error ->> 'message'
  );
  perform noetl_internal.fail_run(p_execution_id, v_error);
  update noetl.run as r
  set last_step = v_token.step, version = r.version + 1
  where r.execution_id = p_execution_id;
  return false;
end;
$function$;

comment on function noetl_internal.finish_step(
  bigint, integer, text, jsonb, jsonb, jsonb, bigint
) is 'End the activation of a step and route on.';
