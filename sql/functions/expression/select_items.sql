-- The items that pass a test (or do not, for reject), looked at whole or by an attribute.
-- Locks: none. Raises: NE462. Null when an item lacks the attribute (lenient: it fails the test).
create or replace function noetl_internal.select_items(
  p_items jsonb[],
  p_attribute jsonb,
  p_test text,
  p_argument jsonb,
  p_keep boolean,
  p_lenient boolean
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_kept jsonb[] := array[]::jsonb[];
  v_item jsonb;
  v_value jsonb;
  v_passes boolean;
begin
  foreach v_item in array p_items loop
    v_value := case
      when p_attribute = 'null' then v_item
      else noetl_internal.read_attribute(v_item, p_attribute)
    end;
    if v_value is not null then
      v_passes := noetl_internal.apply_test(p_test, v_value, p_argument);
    elsif p_test in ('defined', 'undefined') then
      v_passes := p_test = 'undefined';
    elsif p_lenient then
      v_passes := p_test = 'ne';
    else
      return null;
    end if;
    if v_passes = p_keep then
      v_kept := v_kept || v_item;
    end if;
  end loop;
  return to_jsonb(v_kept);
end;
$function$;

comment on function noetl_internal.select_items(jsonb[], jsonb, text, jsonb, boolean, boolean)
  is 'The items that pass a test (or do not, for reject), looked at whole or by an attribute.';
revoke all on function noetl_internal.select_items(jsonb[], jsonb, text, jsonb, boolean, boolean)
  from public;
