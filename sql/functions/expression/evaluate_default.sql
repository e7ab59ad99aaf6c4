-- Value of "x | default(y, boolean)": y when x is undefined, or falsy with boolean.
-- Locks: none. Raises: what the evaluation of its parts raises.
create or replace function noetl_internal.evaluate_default(
  p_node jsonb,
  p_value jsonb,
  p_names jsonb,
  p_views jsonb,
  p_lenient boolean
)
returns jsonb
language plpgsql stable parallel safe
as $function$
declare
  v_default jsonb := noetl_internal.evaluate_node(p_node -> 2, p_names, p_views, p_lenient);
  v_boolean jsonb := noetl_internal.evaluate_node(p_node -> 3, p_names, p_views, p_lenient);
begin
  if v_boolean is null and not p_lenient and p_value is not null then
    perform noetl_internal.raise_undefined(p_node -> 3);
  end if;
  if p_value is null or (noetl_internal.is_truthy(v_boolean)
    and not noetl_internal.is_truthy(p_value)) then
    return v_default;
  end if;
  return p_value;
end;
$function$;

comment on function noetl_internal.evaluate_default(jsonb, jsonb, jsonb, jsonb, boolean)
  is 'Value of "x | default(y, boolean)": y when x is undefined, or falsy with boolean.';
revoke all on function noetl_internal.evaluate_default(jsonb, jsonb, jsonb, jsonb, boolean)
  from public;
