-- Value of x.name, x[key] or x[from:to:step]; what is not there is undefined.
-- Locks: none. Raises: NE461 (not when lenient), NE462 for a bad slice, NE463, NE464.
create or replace function noetl_internal.evaluate_subscript(
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
  v_keys jsonb[] := array[]::jsonb[];
  v_path text[] := case when p_node -> 1 ->> 0 = 'path' then (p_node -> 1 ->> 1)::text[] end;
  v_is_view boolean := p_kind <> 'slice' and coalesce(cardinality(v_path), 0) = 1
    and not p_names ? v_path[1] and p_views ? v_path[1];
begin
  if not v_is_view then
    v_base := noetl_internal.evaluate_node(p_node -> 1, p_names, p_views, p_lenient);
  end if;
  for i in 2..jsonb_array_length(p_node) - 1 loop
    v_keys := v_keys || noetl_internal.evaluate_node(p_node -> i, p_names, p_views, p_lenient);
    if v_keys[i - 1] is null then
      if not p_lenient then
        perform noetl_internal.raise_undefined(p_node -> i);
      end if;
      return null;
    end if;
  end loop;
  if p_kind = 'slice' then
    if v_base is null and not p_lenient then
      perform noetl_internal.raise_undefined(p_node -> 1);
    end if;
    return noetl_internal.read_slice(v_base, v_keys[1], v_keys[2], v_keys[3]);
  elsif not v_is_view then
    return noetl_internal.read_item(v_base, v_keys[1]);
  elsif jsonb_typeof(v_keys[1]) = 'string' and v_keys[1] #>> '{}' !~ '^\s*[-+]?[0-9]+\s*$' then
    return noetl_internal.read_path(v_path || (v_keys[1] #>> '{}'), p_names, p_views);
  end if;
  return noetl_internal.read_item(
    noetl_internal.read_path(v_path, p_names, p_views), v_keys[1]
  );
end;
$function$;

comment on function noetl_internal.evaluate_subscript(text, jsonb, jsonb, jsonb, boolean)
  is 'Value of x.name, x[key] or x[from:to:step]; what is not there is undefined.';
revoke all on function noetl_internal.evaluate_subscript(text, jsonb, jsonb, jsonb, boolean)
  from public;
