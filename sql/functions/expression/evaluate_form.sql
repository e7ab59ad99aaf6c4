-- Value of a node that is neither path, logic nor comparison; routes to the family's function.
-- Locks: none. Raises: NE461 (not when lenient), NE462, NE463, NE464.
create or replace function noetl_internal.evaluate_form(
  p_kind text,
  p_node jsonb,
  p_names jsonb,
  p_views jsonb,
  p_lenient boolean
)
returns jsonb
language plpgsql stable parallel safe
as $function$
declare
  v_base jsonb;
begin
  if p_kind = 'const' then
    return p_node -> 1;
  elsif p_kind in ('not', 'if', 'default') then
    v_base := noetl_internal.evaluate_node(p_node -> 1, p_names, p_views, p_lenient);
  end if;
  if p_kind in ('not', 'if') and v_base is null and not p_lenient then
    perform noetl_internal.raise_undefined(p_node -> 1);
  end if;
  if p_kind = 'not' then
    return case when noetl_internal.is_truthy(v_base) then 'false'::jsonb else 'true'::jsonb end;
  elsif p_kind = 'if' then
    return noetl_internal.evaluate_node(
      p_node -> case when noetl_internal.is_truthy(v_base) then 2 else 3 end,
      p_names, p_views, p_lenient
    );
  elsif p_kind = 'test' then
    return noetl_internal.evaluate_test(p_node, p_names, p_views, p_lenient);
  elsif p_kind = 'default' then
    return noetl_internal.evaluate_default(p_node, v_base, p_names, p_views, p_lenient);
  elsif p_kind in ('object', 'array') then
    return noetl_internal.evaluate_document(p_kind, p_node, p_names, p_views, p_lenient);
  elsif p_kind in ('get', 'item', 'slice') then
    return noetl_internal.evaluate_subscript(p_kind, p_node, p_names, p_views, p_lenient);
  elsif p_kind = 'chain' then
    return noetl_internal.evaluate_chain(p_node, p_names, p_views, p_lenient);
  elsif p_kind in ('map', 'mapattr', 'select') then
    return noetl_internal.evaluate_each(p_kind, p_node, p_names, p_views, p_lenient);
  elsif p_kind = 'now' then
    return to_jsonb(
      to_char(noetl_internal.clock_now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
    );
  end if;
  return noetl_internal.evaluate_strict(p_kind, p_node, p_names, p_views, p_lenient);
end;
$function$;

comment on function noetl_internal.evaluate_form(text, jsonb, jsonb, jsonb, boolean)
  is 'Value of a node that is neither path, logic nor comparison; routes to the family''s '
    'function.';
revoke all on function noetl_internal.evaluate_form(text, jsonb, jsonb, jsonb, boolean) from public;
