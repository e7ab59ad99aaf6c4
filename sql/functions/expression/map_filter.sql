-- A filter applied to each item.
-- Locks: none. Raises: what the filter raises. Null when it gives nothing for an item.
create or replace function noetl_internal.map_filter(
  p_items jsonb[],
  p_filter text,
  p_arguments jsonb[]
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_values jsonb[] := array[]::jsonb[];
  v_item jsonb;
begin
  foreach v_item in array p_items loop
    v_values := v_values || noetl_internal.apply_filter(p_filter, v_item, p_arguments);
  end loop;
  return case when array_position(v_values, null) is null then to_jsonb(v_values) end;
end;
$function$;

comment on function noetl_internal.map_filter(jsonb[], text, jsonb[])
  is 'A filter applied to each item.';
revoke all on function noetl_internal.map_filter(jsonb[], text, jsonb[]) from public;
