-- Filters that make or change numbers: int float abs round bool.
-- Locks: none. Raises: NE462.
create or replace function noetl_internal.apply_number_filter(
  p_name text,
  p_value jsonb,
  p_arguments jsonb[]
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  case p_name
    when 'int' then
      return noetl_internal.read_integer(p_value, p_arguments[1], p_arguments[2]);
    when 'float' then
      if noetl_internal.is_numeric(p_value) then
        return noetl_internal.float_value(noetl_internal.float_of(p_value));
      end if;
      return coalesce(noetl_internal.read_float(p_value), p_arguments[1]);
    when 'abs' then
      if not noetl_internal.is_numeric(p_value) then
        perform noetl_internal.raise_value(
          format('bad operand type for abs(): ''%s''', noetl_internal.type_name(p_value))
        );
      end if;
      return to_jsonb(abs(noetl_internal.numeric_of(p_value)));
    when 'round' then
      return noetl_internal.round_number(p_value, p_arguments[1], p_arguments[2]);
    else
      return noetl_internal.read_boolean(p_value);
  end case;
end;
$function$;

comment on function noetl_internal.apply_number_filter(text, jsonb, jsonb[])
  is 'Filters that make or change numbers: int float abs round bool.';
revoke all on function noetl_internal.apply_number_filter(text, jsonb, jsonb[]) from public;
