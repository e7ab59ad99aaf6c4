-- Sum of items from a start value on.
-- Locks: none. Raises: NE462 for items that cannot be added.
create or replace function noetl_internal.sum_items(
  p_items jsonb[],
  p_start jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_sum jsonb := p_start;
  v_item jsonb;
begin
  if p_items is null then
    return null;
  end if;
  if jsonb_typeof(p_start) = 'string' then
    perform noetl_internal.raise_value('sum() can''t sum strings; use join');
  end if;
  foreach v_item in array p_items loop
    v_sum := noetl_internal.calculate('add', v_sum, v_item);
  end loop;
  return v_sum;
end;
$function$;

comment on function noetl_internal.sum_items(jsonb[], jsonb)
  is 'Sum of items from a start value on.';
revoke all on function noetl_internal.sum_items(jsonb[], jsonb) from public;
