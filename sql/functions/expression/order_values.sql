-- Order of two values, -1, 0 or 1: numbers by size, text by code point, lists item by item.
-- Locks: none. Raises: NE462 for values without an order; p_operator only names the operator.
create or replace function noetl_internal.order_values(
  p_left jsonb,
  p_right jsonb,
  p_operator text
)
returns integer
language plpgsql immutable parallel safe
as $function$
declare
  v_type text := jsonb_typeof(p_left);
begin
  if noetl_internal.is_numeric(p_left) and noetl_internal.is_numeric(p_right) then
    return sign(noetl_internal.numeric_of(p_left) - noetl_internal.numeric_of(p_right))::integer;
  elsif v_type = 'string' and jsonb_typeof(p_right) = 'string' then
    return case
      when p_left = p_right then 0
      when (p_left #>> '{}') collate "C" < (p_right #>> '{}') collate "C" then -1
      else 1
    end;
  elsif v_type = 'array' and jsonb_typeof(p_right) = 'array' then
    for i in 0..least(jsonb_array_length(p_left), jsonb_array_length(p_right)) - 1 loop
      if not noetl_internal.is_equal(p_left -> i, p_right -> i) then
        return noetl_internal.order_values(p_left -> i, p_right -> i, p_operator);
      end if;
    end loop;
    return sign(jsonb_array_length(p_left) - jsonb_array_length(p_right))::integer;
  end if;
  perform noetl_internal.raise_value(format(
    '''%s'' not supported between instances of ''%s'' and ''%s''',
    '{"lt": "<", "le": "<=", "gt": ">", "ge": ">="}'::jsonb ->> p_operator,
    noetl_internal.type_name(p_left), noetl_internal.type_name(p_right)
  ));
  return null;
end;
$function$;

comment on function noetl_internal.order_values(jsonb, jsonb, text)
  is 'Order of two values, -1, 0 or 1: numbers by size, text by code point, lists item by '
    'item.';
revoke all on function noetl_internal.order_values(jsonb, jsonb, text) from public;
