-- A filter applied to each item.
-- Locks: none. Raises: what the filter raises; NE461 when it gives an undefined value.
create or replace function noetl_internal.map_filter(
  p_items jsonb[],
  p_filter text,
  p_arguments jsonb[]
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_values jsonb[] := '{}';
  v_item jsonb;
begin
  foreach v_item in array p_items loop
    v_values := v_values || noetl_internal.apply_filter(p_filter, v_item, p_arguments);
  end loop;
  if array_position(v_values, null) is not null then
    raise exception 'filter "%" gives nothing for an item', p_filter using
      errcode = 'NE461', hint = 'Leave empty items out first.';
  end if;
  return to_jsonb(v_values);
end;
$function$;

comment on function noetl_internal.map_filter(jsonb[], text, jsonb[])
  is 'A filter applied to each item.';
revoke all on function noetl_internal.map_filter(jsonb[], text, jsonb[]) from public;
