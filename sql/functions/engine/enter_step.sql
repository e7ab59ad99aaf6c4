-- Start the activation of an admitted step: a loop, a command for a worker (then true), a wait, or
-- nothing to do at all. p_slot is the place under a concurrency key that it holds, for the event
-- that tells so.
-- Locks: the caller holds the run row. Raises: NE46x of the step's expressions.
create or replace function noetl_internal.enter_step(
  p_run noetl.run,
  p_token noetl.token,
  p_definition jsonb,
  p_slot jsonb
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_wait jsonb;
begin
  if coalesce(p_definition -> 'wait', 'null') <> 'null' then
    v_wait := noetl_internal.wait_of(p_token, p_definition -> 'wait');
  end if;
  update noetl.token as t
  set status = 'active'
  where t.execution_id = p_token.execution_id and t.token_id = p_token.token_id;
  perform noetl_internal.append_event(
    p_token.execution_id, p_run.catalog_id, 'step.enter', p_token.step, 'entered',
    case
      when v_wait is not null or p_slot is not null
        then jsonb_strip_nulls(jsonb_build_object('wait', v_wait, 'concurrency', p_slot))
    end,
    p_meta => jsonb_build_object('token_id', p_token.token_id)
  );
  if p_definition ->> 'loop' is not null then
    perform noetl_internal.enter_loop(p_run, p_token, p_definition);
  elsif (p_definition ->> 'inline')::boolean then
    perform noetl_internal.finish_step(
      p_token.execution_id, p_token.token_id, 'call.done', '{"status": "ok"}', null, null
    );
  elsif v_wait is not null then
    perform noetl_internal.begin_wait(p_run, p_token, v_wait);
  else
    return noetl_internal.issue_step(p_run, p_token, p_definition, 'run', p_token.input);
  end if;
  return false;
end;
$function$;

comment on function noetl_internal.enter_step(noetl.run, noetl.token, jsonb, jsonb)
is 'Start the activation of an admitted step.';
