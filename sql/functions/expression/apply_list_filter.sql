-- Filters that go over all items: join min max sum sort unique.
-- Locks: none. Raises: NE462, NE463. Null when an item lacks the attribute.
create or replace function noetl_internal.apply_list_filter(
  p_name text,
  p_value jsonb,
  p_arguments jsonb[]
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_items jsonb[] := noetl_internal.iterate_value(p_value);
begin
  case p_name
    when 'join' then
      return noetl_internal.join_items(
        noetl_internal.item_keys(v_items, p_arguments[2], false),
          noetl_internal.print_value(p_arguments[1])
      );
    when 'sum' then
      return noetl_internal.sum_items(
        noetl_internal.item_keys(v_items, p_arguments[1], false), p_arguments[2]
      );
    when 'sort' then
      return noetl_internal.sort_items(
        v_items, p_arguments[3], not noetl_internal.is_truthy(p_arguments[2]),
        noetl_internal.is_truthy(p_arguments[1])
      );
    when 'unique' then
      return noetl_internal.unique_items(v_items, noetl_internal.item_keys(
        v_items, p_arguments[2], not noetl_internal.is_truthy(p_arguments[1])
      ));
    else
      return noetl_internal.extreme_item(p_name, v_items, noetl_internal.item_keys(
        v_items, p_arguments[2], not noetl_internal.is_truthy(p_arguments[1])
      ));
  end case;
end;
$function$;

comment on function noetl_internal.apply_list_filter(text, jsonb, jsonb[])
  is 'Filters that go over all items: join min max sum sort unique.';
revoke all on function noetl_internal.apply_list_filter(text, jsonb, jsonb[]) from public;
