-- Arithmetic on floats as in Python; what underflows is zero.
-- Locks: none. Raises: NE462 for division by zero, overflow and results that are no real number.
create or replace function noetl_internal.calculate_floats(
  p_operator text,
  p_left double precision,
  p_right double precision
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_underflows boolean;
begin
  if p_right = 0 and p_operator in ('div', 'floordiv', 'mod') then
    perform noetl_internal.raise_value('float division by zero');
  elsif p_operator = 'pow' and p_left = 0 and p_right < 0 then
    perform noetl_internal.raise_value('0.0 cannot be raised to a negative power');
  elsif p_operator = 'pow' and p_left < 0 and p_right <> floor(p_right) then
    perform noetl_internal.raise_value('a negative number has no real fractional power');
  end if;
  return noetl_internal.float_value(case p_operator
    when 'add' then p_left + p_right
    when 'sub' then p_left - p_right
    when 'mul' then p_left * p_right
    when 'div' then p_left / p_right
    when 'pow' then power(p_left, p_right)
    when 'mod' then noetl_internal.float_modulo(p_left, p_right)
    else noetl_internal.float_floor_divide(p_left, p_right)
  end);
exception when numeric_value_out_of_range then
  -- the magnitude tells underflow from overflow
  v_underflows := case p_operator
    when 'mul' then ln(abs(p_left)) + ln(abs(p_right)) < 0
    when 'div' then abs(p_left) < abs(p_right)
    when 'pow' then ln(abs(p_left)) * p_right < 0
    else false
  end;
  if v_underflows then
    return '0.0'::jsonb;
  end if;
  perform noetl_internal.raise_value('numerical result out of range');
  return null;
end;
$function$;

comment on function noetl_internal.calculate_floats(text, double precision, double precision)
  is 'Arithmetic on floats as in Python; what underflows is zero.';
revoke all on function noetl_internal.calculate_floats(text, double precision, double precision)
  from public;
