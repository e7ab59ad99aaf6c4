-- Arithmetic on exact integers; "/" gives a float, "//" and "%" round towards minus infinity.
-- Locks: none. Raises: NE462 for division by zero, NE463 for more than 1000 digits.
create or replace function noetl_internal.calculate_integers(
  p_operator text,
  p_left numeric,
  p_right numeric
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_result numeric;
begin
  if p_operator in ('div', 'floordiv', 'mod') and p_right = 0 then
    perform noetl_internal.raise_value('division by zero');
  elsif p_operator = 'div' then
    -- sixty digits more than a float has: rounding twice cannot be seen
    return noetl_internal.float_value(
      noetl_internal.float_of(to_jsonb(round(p_left, 60) / p_right)));
  elsif p_operator = 'pow' and p_right < 0 then
    return noetl_internal.calculate_floats(
      'pow', noetl_internal.float_of(to_jsonb(p_left)), noetl_internal.float_of(to_jsonb(p_right))
    );
  elsif p_operator = 'pow' and abs(p_left) > 1 then
    perform noetl_internal.check_size('digits', p_right * log(abs(p_left)) - 1);
  end if;
  v_result := case p_operator
    when 'add' then p_left + p_right
    when 'sub' then p_left - p_right
    when 'mul' then p_left * p_right
    when 'floordiv' then
      div(p_left, p_right) - (mod(p_left, p_right) * sign(p_right) < 0)::integer
    when 'mod' then mod(mod(p_left, p_right) + p_right, p_right)
    else noetl_internal.integer_power(p_left, p_right)
  end;
  if abs(v_result) > 1e300 then
    perform noetl_internal.check_size('digits', length(abs(v_result)::text));
  end if;
  return to_jsonb(v_result);
end;
$function$;

comment on function noetl_internal.calculate_integers(text, numeric, numeric)
  is 'Arithmetic on exact integers; "/" gives a float, "//" and "%" round towards minus '
    'infinity.';
revoke all on function noetl_internal.calculate_integers(text, numeric, numeric) from public;
