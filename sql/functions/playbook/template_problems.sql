-- Why a template does not compile, place by place: each leaf of a document is tried on its own.
-- Locks: none. Never raises.
create or replace function noetl_internal.template_problems(
  p_kind text,
  p_raw jsonb,
  p_at text
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
declare
  v_message text;
  v_hint text;
begin
  if p_kind = 'template' and jsonb_typeof(p_raw) = 'object' then
    return query
      select p.*
      from jsonb_each(p_raw) as e
      cross join lateral noetl_internal.template_problems(
        p_kind, e.value, p_at || '.' || e.key
      ) as p;
  elsif p_kind = 'template' and jsonb_typeof(p_raw) = 'array' then
    return query
      select p.*
      from jsonb_array_elements(p_raw) with ordinality as e (value, place)
      cross join lateral noetl_internal.template_problems(
        p_kind, e.value, format('%s[%s]', p_at, e.place - 1)
      ) as p;
  elsif p_kind = 'condition' then
    perform noetl_internal.compile_condition(p_raw);
  else
    perform noetl_internal.compile_template(p_raw);
  end if;
exception
  when sqlstate 'NE422' then
    get stacked diagnostics v_message = message_text, v_hint = pg_exception_hint;
    return next noetl_internal.make_problem('error', p_at, v_message, nullif(v_hint, ''));
  when statement_too_complex then
    return next noetl_internal.make_problem(
      'error', p_at, 'the expression is nested too deeply', 'Split it into several steps'' "set".'
    );
end;
$function$;

comment on function noetl_internal.template_problems(text, jsonb, text)
is 'Why a template does not compile, place by place.';
