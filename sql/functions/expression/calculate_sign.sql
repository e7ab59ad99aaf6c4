-- A number with a sign before it.
-- Locks: none. Raises: NE462 for anything but a number.
create or replace function noetl_internal.calculate_sign(
  p_sign text,
  p_value jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if not noetl_internal.is_numeric(p_value) then
    perform noetl_internal.raise_value(format(
      'bad operand type for unary %s: ''%s''', p_sign, noetl_internal.type_name(p_value)
    ));
  end if;
  return to_jsonb(noetl_internal.numeric_of(p_value) * case p_sign when '-' then -1 else 1 end);
end;
$function$;

comment on function noetl_internal.calculate_sign(text, jsonb)
  is 'A number with a sign before it.';
revoke all on function noetl_internal.calculate_sign(text, jsonb) from public;
