-- Value of a node that needs all its operands: they are evaluated in order, then one function is
-- called.
-- Locks: none. Raises: NE461 (not when lenient), NE462, NE463, NE464.
create or replace function noetl_internal.evaluate_strict(
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
  v_first integer := case p_kind when 'filter' then 2 else 1 end;
  v_last integer := jsonb_array_length(p_node) - 1;
  v_undefined integer;
  v_values jsonb[] := array[]::jsonb[];
begin
  for i in v_first..v_last loop
    v_values := v_values || noetl_internal.evaluate_node(p_node -> i, p_names, p_views, p_lenient);
    if v_values[i - v_first + 1] is null then
      v_undefined := coalesce(v_undefined, i);
      exit when p_kind = 'text' and not p_lenient;  -- printed one after the other
    end if;
  end loop;
  if v_undefined is not null then
    if not p_lenient then
      perform noetl_internal.raise_undefined(p_node -> v_undefined);
    end if;
    return null;
  end if;
  case p_kind
    when 'filter' then
      return noetl_internal.apply_filter(p_node ->> 1, v_values[1], v_values[2:]);
    when 'text', 'cat' then
      return noetl_internal.concat_values(v_values);
    when 'list' then
      return to_jsonb(v_values);
    when 'dict' then
      return noetl_internal.build_dict(v_values);
    when 'neg' then
      return noetl_internal.calculate_sign('-', v_values[1]);
    when 'pos' then
      return noetl_internal.calculate_sign('+', v_values[1]);
    when 'range' then
      return noetl_internal.build_range(v_values);
    else
      return noetl_internal.calculate(p_kind, v_values[1], v_values[2]);
  end case;
end;
$function$;

comment on function noetl_internal.evaluate_strict(text, jsonb, jsonb, jsonb, boolean)
  is 'Value of a node that needs all its operands: they are evaluated in order, then one '
    'function is';
revoke all on function noetl_internal.evaluate_strict(text, jsonb, jsonb, jsonb, boolean)
  from public;
