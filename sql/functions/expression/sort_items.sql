-- Items in order, stable; attributes "a,b" sort by a, then b.
-- Locks: none. Raises: NE462 for keys without an order. Null when an item lacks an attribute.
create or replace function noetl_internal.sort_items(
  p_items jsonb[],
  p_attribute jsonb,
  p_fold boolean,
  p_reverse boolean
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_items jsonb[] := p_items;
  v_keys jsonb[];
  v_attributes jsonb[] := array[p_attribute];
  v_attribute jsonb;
begin
  if jsonb_typeof(p_attribute) = 'string' then
    -- stable sorts from the last attribute to the first
    v_attributes := array(
      select to_jsonb(a.name)
      from unnest(string_to_array(p_attribute #>> '{}', ',')) with ordinality as a (name, at)
      order by a.at desc
    );
  end if;
  if cardinality(p_items) < 2 then
    return to_jsonb(p_items);
  end if;
  foreach v_attribute in array v_attributes loop
    v_keys := noetl_internal.item_keys(v_items, v_attribute, p_fold);
    if v_keys is null then
      return null;
    end if;
    v_items := noetl_internal.sort_by_keys(v_items, v_keys, p_reverse);
  end loop;
  return to_jsonb(v_items);
end;
$function$;

comment on function noetl_internal.sort_items(jsonb[], jsonb, boolean, boolean)
  is 'Items in order, stable; attributes "a,b" sort by a, then b.';
revoke all on function noetl_internal.sort_items(jsonb[], jsonb, boolean, boolean) from public;
