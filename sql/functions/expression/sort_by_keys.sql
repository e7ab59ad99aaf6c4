-- Items in the order of their keys, stable also when reversed.
-- Locks: none. Raises: NE462 for keys without an order.
create or replace function noetl_internal.sort_by_keys(
  p_items jsonb[],
  p_keys jsonb[],
  p_reverse boolean
)
returns jsonb[]
language plpgsql immutable parallel safe
as $function$
declare
  v_types text[] := array(
    select distinct case jsonb_typeof(k) when 'boolean' then 'number' else jsonb_typeof(k) end
    from unnest(p_keys) as k
  );
begin
  if v_types in ('{number}', '{string}') then
    return array(
      select p_items[k.at]
      from unnest(p_keys) with ordinality as k (key, at)
      order by
        case when v_types = '{number}' and not p_reverse then noetl_internal.numeric_of(k.key) end,
        case when v_types = '{number}' and p_reverse then noetl_internal.numeric_of(k.key) end desc,
        case when v_types = '{string}' and not p_reverse then k.key #>> '{}' end collate "C",
        case when v_types = '{string}' and p_reverse then k.key #>> '{}' end collate "C" desc,
        k.at
    );
  end if;
  return noetl_internal.sort_by_order(p_items, p_keys, p_reverse);
end;
$function$;

comment on function noetl_internal.sort_by_keys(jsonb[], jsonb[], boolean)
  is 'Items in the order of their keys, stable also when reversed.';
revoke all on function noetl_internal.sort_by_keys(jsonb[], jsonb[], boolean) from public;
