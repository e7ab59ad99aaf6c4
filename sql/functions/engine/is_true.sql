-- Whether a compiled condition holds in a run; an absent one (else) does. p_place tells where in
-- its step it stands.
-- Raises: NE462 … NE464 as evaluate_condition does, with the place in the message.
create or replace function noetl_internal.is_true(
  p_execution_id bigint,
  p_condition jsonb,
  p_locals jsonb,
  p_step text,
  p_place text
)
returns boolean
language plpgsql stable
as $function$
declare
  v_scope jsonb;
  v_sqlstate text;
  v_message text;
  v_hint text;
begin
  if p_condition is null or p_condition = 'null' then
    return true;
  end if;
  begin
    v_scope := noetl_internal.load_scope(p_execution_id, p_condition -> 'names', p_locals, p_step);
    return noetl_internal.evaluate_condition(
      p_condition -> 'node', v_scope -> 'names', v_scope -> 'views'
    );
  exception
    when sqlstate 'NE461' or sqlstate 'NE462' or sqlstate 'NE463' or sqlstate 'NE464' then
      get stacked diagnostics
        v_sqlstate = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      raise exception '%: %', p_place, v_message using errcode = v_sqlstate, hint = v_hint;
  end;
end;
$function$;

comment on function noetl_internal.is_true(bigint, jsonb, jsonb, text, text)
is 'Whether a compiled condition holds in a run.';
