-- The value of a compiled template in a run, which must be defined; p_what names it in messages.
-- Raises: NE461 when it is undefined, NE462 … NE464 as evaluate_template does.
create or replace function noetl_internal.evaluate_defined(
  p_execution_id bigint,
  p_compiled jsonb,
  p_locals jsonb,
  p_step text,
  p_what text
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_value jsonb;
  v_sqlstate text;
  v_message text;
  v_hint text;
begin
  begin
    v_value := noetl_internal.evaluate(p_execution_id, p_compiled, p_locals, p_step);
  exception
    when sqlstate 'NE461' or sqlstate 'NE462' or sqlstate 'NE463' or sqlstate 'NE464' then
      get stacked diagnostics
        v_sqlstate = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      raise exception '%: %', p_what, v_message using errcode = v_sqlstate, hint = v_hint;
  end;
  if v_value is null then
    raise exception '%: the value is undefined (it reads %)', p_what,
      (
        select string_agg(concat_ws('.', n.value ->> 0, n.value ->> 1), ', ')
        from jsonb_array_elements(p_compiled -> 'names') as n (value)
      )
    using
      errcode = 'NE461', hint = 'Give it a default: {{ name | default(...) }}.';
  end if;
  return v_value;
end;
$function$;

comment on function noetl_internal.evaluate_defined(bigint, jsonb, jsonb, text, text)
is 'The value of a compiled template in a run, which must be defined.';
