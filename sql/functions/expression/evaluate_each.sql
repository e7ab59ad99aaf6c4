-- Value of map, select and their kin: one step for each item.
-- Locks: none. Raises: NE461 (not when lenient), NE462, NE463, NE464.
create or replace function noetl_internal.evaluate_each(
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
  v_base jsonb := noetl_internal.evaluate_node(p_node -> 1, p_names, p_views, p_lenient);
  v_first integer := case p_kind when 'map' then 3 when 'mapattr' then 2 else 5 end;
  v_source jsonb := case p_kind when 'map' then p_node -> 2 else p_node end;
  v_undefined integer;
  v_arguments jsonb[] := array[]::jsonb[];
begin
  for i in v_first..jsonb_array_length(v_source) - 1 loop
    v_arguments := v_arguments
      || noetl_internal.evaluate_node(v_source -> i, p_names, p_views, p_lenient);
    if v_arguments[i - v_first + 1] is null then
      v_undefined := coalesce(v_undefined, i);
    end if;
  end loop;
  if v_base is null or v_undefined is not null then
    if not p_lenient then
      perform noetl_internal.raise_undefined(
        case when v_base is null then p_node -> 1 else v_source -> v_undefined end
      );
    end if;
    return null;
  elsif not noetl_internal.is_truthy(v_base) then
    return '[]'::jsonb;  -- as Jinja2, also for none and zero
  elsif p_kind = 'map' then
    return noetl_internal.map_filter(noetl_internal.iterate_value(v_base), v_source ->> 1,
      v_arguments);
  elsif p_kind = 'mapattr' then
    return noetl_internal.map_attribute(
      noetl_internal.iterate_value(v_base), v_arguments[1], v_arguments[2]
    );
  end if;
  return noetl_internal.select_items(
    noetl_internal.iterate_value(v_base), p_node -> 3, p_node ->> 4, v_arguments[1],
      p_node -> 2 = 'true',
    p_lenient
  );
end;
$function$;

comment on function noetl_internal.evaluate_each(text, jsonb, jsonb, jsonb, boolean)
  is 'Value of map, select and their kin: one step for each item.';
revoke all on function noetl_internal.evaluate_each(text, jsonb, jsonb, jsonb, boolean) from public;
