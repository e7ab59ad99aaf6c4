-- Filters that take a collection apart: length first last list keys values items.
-- Locks: none. Raises: NE462 for a value without parts.
create or replace function noetl_internal.apply_part_filter(
  p_name text,
  p_value jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_type text := jsonb_typeof(p_value);
begin
  if p_name in ('keys', 'values', 'items') and v_type <> 'object' then
    perform noetl_internal.raise_value(format(
      'filter "%s" needs a mapping, not %s', p_name, noetl_internal.type_name(p_value)
    ));
  elsif p_name = 'length' and v_type not in ('array', 'object', 'string') then
    perform noetl_internal.raise_value(
      format('object of type ''%s'' has no len()', noetl_internal.type_name(p_value))
    );
  end if;
  if v_type = 'array' then
    return case p_name
      when 'length' then to_jsonb(jsonb_array_length(p_value))
      when 'first' then p_value -> 0
      when 'last' then p_value -> -1
      else p_value
    end;
  elsif v_type = 'string' then
    return case p_name
      when 'length' then to_jsonb(length(p_value #>> '{}'))
      when 'first' then noetl_internal.read_item(p_value, '0')
      when 'last' then noetl_internal.read_item(p_value, '-1')
      else to_jsonb(noetl_internal.iterate_value(p_value))
    end;
  elsif p_name in ('values', 'items') then
    return coalesce((
      select jsonb_agg(
        case p_name when 'values' then m.value else jsonb_build_array(m.key, m.value) end
          order by m.at
      )
      from jsonb_each(p_value) with ordinality as m (key, value, at)
    ), '[]');
  elsif p_name = 'keys' then
    return to_jsonb(noetl_internal.iterate_value(p_value));
  end if;
  return noetl_internal.apply_part_filter(p_name, to_jsonb(noetl_internal.iterate_value(p_value)));
end;
$function$;

comment on function noetl_internal.apply_part_filter(text, jsonb)
  is 'Filters that take a collection apart: length first last list keys values items.';
revoke all on function noetl_internal.apply_part_filter(text, jsonb) from public;
