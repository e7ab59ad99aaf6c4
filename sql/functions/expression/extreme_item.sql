-- The first item with the smallest ("min") or largest ("max") key; null when there is none.
-- Locks: none. Raises: NE462 for keys without an order.
create or replace function noetl_internal.extreme_item(
  p_name text,
  p_items jsonb[],
  p_keys jsonb[]
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_best integer := 1;
  v_operator text := case p_name when 'min' then 'lt' else 'gt' end;
begin
  if p_keys is null and cardinality(p_items) > 1 then
    return null;
  end if;
  for i in 2..cardinality(p_items) loop
    if noetl_internal.compare_values(v_operator, p_keys[i], p_keys[v_best]) then
      v_best := i;
    end if;
  end loop;
  return p_items[v_best];
end;
$function$;

comment on function noetl_internal.extreme_item(text, jsonb[], jsonb[])
  is 'The first item with the smallest ("min") or largest ("max") key; null when there is '
    'none.';
revoke all on function noetl_internal.extreme_item(text, jsonb[], jsonb[]) from public;
