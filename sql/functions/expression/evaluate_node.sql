-- Value of a tree's node, null when undefined; p_lenient: undefined spreads instead of raising.
-- Locks: none. Raises: NE461 (not when lenient), NE462, NE463, NE464.
create or replace function noetl_internal.evaluate_node(
  p_node jsonb,
  p_names jsonb,
  p_views jsonb,
  p_lenient boolean
)
returns jsonb
language plpgsql stable parallel safe
as $function$
declare
  v_kind text;
  v_left jsonb;
  v_right jsonb;
begin
  if jsonb_typeof(p_node) <> 'array' then
    return p_node;
  end if;
  v_kind := p_node ->> 0;
  if v_kind = 'path' then
    v_left := p_names #> (p_node ->> 1)::text[];
    if v_left is null and p_views <> '{}' then
      return noetl_internal.read_path((p_node ->> 1)::text[], p_names, p_views);
    end if;
    return v_left;
  elsif v_kind in ('and', 'or') then
    for i in 1..jsonb_array_length(p_node) - 2 loop
      v_left := noetl_internal.evaluate_node(p_node -> i, p_names, p_views, p_lenient);
      if v_left is null and not p_lenient then
        perform noetl_internal.raise_undefined(p_node -> i);
      elsif noetl_internal.is_truthy(v_left) = (v_kind = 'or') then
        return v_left;
      end if;
    end loop;
    return noetl_internal.evaluate_node(p_node -> -1, p_names, p_views, p_lenient);
  elsif v_kind not in ('eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'notin', 'add', 'sub') then
    return noetl_internal.evaluate_form(v_kind, p_node, p_names, p_views, p_lenient);
  end if;
  -- both operands here, not through a helper: comparisons are what conditions are made of
  v_left := noetl_internal.evaluate_node(p_node -> 1, p_names, p_views, p_lenient);
  v_right := p_node -> 2;
  if jsonb_typeof(v_right) = 'array' then
    v_right := noetl_internal.evaluate_node(v_right, p_names, p_views, p_lenient);
  end if;
  if v_left is null or v_right is null then
    if not p_lenient then
      perform noetl_internal.raise_undefined(p_node -> case when v_left is null then 1 else 2 end);
    end if;
    return case v_kind
      when 'add' then null when 'sub' then null when 'ne' then 'true'::jsonb
      when 'notin' then 'true'::jsonb else 'false'::jsonb
    end;
  elsif v_kind in ('add', 'sub') then
    return noetl_internal.calculate(v_kind, v_left, v_right);
  elsif v_kind = 'eq' and v_left = v_right then
    return 'true'::jsonb;
  end if;
  return to_jsonb(noetl_internal.compare_values(v_kind, v_left, v_right));
end;
$function$;

comment on function noetl_internal.evaluate_node(jsonb, jsonb, jsonb, boolean)
  is 'Value of a tree''s node, null when undefined; p_lenient: undefined spreads instead of '
    'raising.';
revoke all on function noetl_internal.evaluate_node(jsonb, jsonb, jsonb, boolean) from public;
