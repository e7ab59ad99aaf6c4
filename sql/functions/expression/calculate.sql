-- Result of arithmetic (add sub mul div floordiv mod pow) on two values, as in Python.
-- Locks: none. Raises: NE462 for operands that do not fit, division by zero; NE463 for a result too
-- large.
create or replace function noetl_internal.calculate(
  p_operator text,
  p_left jsonb,
  p_right jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_left text := jsonb_typeof(p_left);
  v_right text := jsonb_typeof(p_right);
begin
  if noetl_internal.is_numeric(p_left) and noetl_internal.is_numeric(p_right) then
    if noetl_internal.is_integer(p_left) and noetl_internal.is_integer(p_right) then
      return noetl_internal.calculate_integers(
        p_operator, noetl_internal.numeric_of(p_left), noetl_internal.numeric_of(p_right)
      );
    end if;
    return noetl_internal.calculate_floats(
      p_operator, noetl_internal.float_of(p_left), noetl_internal.float_of(p_right)
    );
  elsif p_operator = 'add' and v_left = 'string' and v_right = 'string' then
    return to_jsonb((p_left #>> '{}') || (p_right #>> '{}'));
  elsif p_operator = 'add' and v_left = 'array' and v_right = 'array' then
    return p_left || p_right;
  elsif p_operator = 'mul' and v_left in ('string', 'array')
    and noetl_internal.is_integer(p_right) then
    return noetl_internal.repeat_value(p_left, noetl_internal.numeric_of(p_right));
  elsif p_operator = 'mul' and v_right in ('string', 'array')
    and noetl_internal.is_integer(p_left) then
    return noetl_internal.repeat_value(p_right, noetl_internal.numeric_of(p_left));
  end if;
  perform noetl_internal.raise_value(format(
    'unsupported operand type(s) for %s: ''%s'' and ''%s''',
    '{"add": "+", "sub": "-", "mul": "*", "div": "/", "floordiv": "//",
      "mod": "%", "pow": "**"}'::jsonb
      ->> p_operator,
    noetl_internal.type_name(p_left), noetl_internal.type_name(p_right)
  ));
  return null;
end;
$function$;

comment on function noetl_internal.calculate(text, jsonb, jsonb)
  is 'Result of arithmetic (add sub mul div floordiv mod pow) on two values, as in Python.';
revoke all on function noetl_internal.calculate(text, jsonb, jsonb) from public;
