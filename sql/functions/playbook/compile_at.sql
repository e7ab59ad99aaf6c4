-- Compile a template or condition found at a place of the document: {"node", "names", "at"}, with
-- "older" when an older name was replaced; {"at", "problems"} when it does not compile; null when
-- there is nothing to compile.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_at(
  p_kind text,
  p_raw jsonb,
  p_at text,
  p_is_loop boolean default false
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_raw jsonb := noetl_internal.modern_expression(p_raw, p_is_loop);
begin
  if coalesce(v_raw, 'null') = 'null' then
    return null;
  end if;
  return case p_kind
    when 'condition' then noetl_internal.compile_condition(v_raw)
    else noetl_internal.compile_template(v_raw)
  end
  || jsonb_build_object('at', p_at)
  || case when v_raw <> p_raw then jsonb_build_object('older', v_raw) else '{}' end;
exception
  when sqlstate 'NE422' or statement_too_complex then
    return jsonb_build_object(
      'at', p_at,
      'problems', (
        select jsonb_agg(to_jsonb(p) order by p.path)
        from noetl_internal.template_problems(p_kind, v_raw, p_at) as p
      )
    );
end;
$function$;

comment on function noetl_internal.compile_at(text, jsonb, text, boolean)
is 'Compile a template or condition found at a place of the document.';
