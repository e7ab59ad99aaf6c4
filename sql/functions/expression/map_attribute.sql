-- An attribute of each item, p_default for those that lack it.
-- Locks: none. Never raises. Null when an item lacks the attribute and there is no default.
create or replace function noetl_internal.map_attribute(
  p_items jsonb[],
  p_attribute jsonb,
  p_default jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if p_default is null or p_default = 'null' then
    return to_jsonb(noetl_internal.item_keys(p_items, p_attribute, false));
  end if;
  return to_jsonb(array(
    select coalesce(noetl_internal.read_attribute(i.item, p_attribute), p_default)
    from unnest(p_items) with ordinality as i (item, at) order by i.at
  ));
end;
$function$;

comment on function noetl_internal.map_attribute(jsonb[], jsonb, jsonb)
  is 'An attribute of each item, p_default for those that lack it.';
revoke all on function noetl_internal.map_attribute(jsonb[], jsonb, jsonb) from public;
