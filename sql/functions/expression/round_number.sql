-- A number rounded: "common" as Python's round(), half to even; "ceil" and "floor" give floats.
-- Locks: none. Raises: NE462 for other methods and for values that are no numbers.
create or replace function noetl_internal.round_number(
  p_value jsonb,
  p_precision jsonb,
  p_method jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_number numeric;
  v_factor jsonb;
  v_product numeric;
begin
  if p_method not in ('"common"', '"ceil"', '"floor"') then
    perform noetl_internal.raise_value('round: method must be common, ceil or floor');
  elsif not noetl_internal.is_numeric(p_value) then
    perform noetl_internal.raise_value(
      format('type %s doesn''t define __round__ method', noetl_internal.type_name(p_value))
    );
  elsif not noetl_internal.is_integer(p_precision)
    or abs(noetl_internal.numeric_of(p_precision)) > 300 then
    perform noetl_internal.raise_value('round: precision must be an integer from -300 to 300');
  end if;
  v_number := noetl_internal.numeric_of(p_value);
  if p_method = '"common"' then
    v_number := noetl_internal.round_half_even(v_number,
      noetl_internal.numeric_of(p_precision)::integer);
    return case
      when noetl_internal.is_integer(p_value) then to_jsonb(trim_scale(v_number))
      else noetl_internal.float_value(noetl_internal.float_of(to_jsonb(v_number)))
    end;
  end if;
  v_factor := noetl_internal.calculate('pow', '10', p_precision);
  v_product := noetl_internal.numeric_of(noetl_internal.calculate('mul', p_value, v_factor));
  v_product := case p_method when '"ceil"' then ceil(v_product) else floor(v_product) end;
  return noetl_internal.calculate('div', to_jsonb(trim_scale(v_product)), v_factor);
end;
$function$;

comment on function noetl_internal.round_number(jsonb, jsonb, jsonb)
  is 'A number rounded: "common" as Python''s round(), half to even; "ceil" and "floor" give '
    'floats.';
revoke all on function noetl_internal.round_number(jsonb, jsonb, jsonb) from public;
