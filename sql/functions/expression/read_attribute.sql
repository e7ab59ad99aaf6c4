-- Value at an attribute path like "a.b.0" of an item; null when undefined. A number is an index.
-- Locks: none. Never raises.
create or replace function noetl_internal.read_attribute(
  p_item jsonb,
  p_attribute jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_value jsonb := p_item;
  v_step text;
begin
  if jsonb_typeof(p_attribute) <> 'string' then
    return noetl_internal.read_item(p_item, p_attribute);
  end if;
  foreach v_step in array string_to_array(p_attribute #>> '{}', '.') loop
    v_value := noetl_internal.read_item(
      v_value, case when v_step ~ '^[0-9]+$' then to_jsonb(v_step::numeric)
        else to_jsonb(v_step) end
    );
  end loop;
  return v_value;
end;
$function$;

comment on function noetl_internal.read_attribute(jsonb, jsonb)
  is 'Value at an attribute path like "a.b.0" of an item; null when undefined. A number is an '
    'index.';
revoke all on function noetl_internal.read_attribute(jsonb, jsonb) from public;
