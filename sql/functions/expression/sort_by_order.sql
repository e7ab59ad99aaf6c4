-- Items in the order of keys that only order_values can compare (lists), by insertion.
-- Locks: none. Raises: NE462 for keys without an order, NE463 over a thousand items.
create or replace function noetl_internal.sort_by_order(
  p_items jsonb[],
  p_keys jsonb[],
  p_reverse boolean
)
returns jsonb[]
language plpgsql immutable parallel safe
as $function$
declare
  v_operator text := case when p_reverse then 'gt' else 'lt' end;
  v_order integer[] := array[1];
  v_at integer;
begin
  perform noetl_internal.check_size('items', cardinality(p_items)::numeric * 1000);
  for i in 2..cardinality(p_items) loop
    v_at := i;
    while v_at > 1 and noetl_internal.compare_values(v_operator, p_keys[i],
      p_keys[v_order[v_at - 1]]) loop
      v_at := v_at - 1;
    end loop;
    v_order := v_order[:v_at - 1] || i || v_order[v_at:];
  end loop;
  return array(select p_items[o.item] from unnest(v_order) with ordinality as o (item, at)
    order by o.at);
end;
$function$;

comment on function noetl_internal.sort_by_order(jsonb[], jsonb[], boolean)
  is 'Items in the order of keys that only order_values can compare (lists), by insertion.';
revoke all on function noetl_internal.sort_by_order(jsonb[], jsonb[], boolean) from public;
