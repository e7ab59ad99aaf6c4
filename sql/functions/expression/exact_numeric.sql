-- Exact decimal expansion of a finite float.
-- Locks: none. Never raises.
create or replace function noetl_internal.exact_numeric(p_float double precision)
returns numeric
language plpgsql immutable parallel safe
as $function$
declare
  v_bits bigint := ('x' || encode(float8send(p_float), 'hex'))::bit(64)::bigint;
  v_exponent integer := ((v_bits >> 52) & 2047)::integer;
  v_mantissa numeric := v_bits & 4503599627370495;
begin
  if v_exponent = 0 then
    v_exponent := 1;
  else
    v_mantissa := v_mantissa + 4503599627370496;
  end if;
  v_exponent := v_exponent - 1075;
  v_mantissa := case when p_float < 0 then -v_mantissa else v_mantissa end;
  if v_exponent >= 0 then
    return v_mantissa * round(power(2::numeric, v_exponent));
  end if;
  -- m / 2^k = m * 5^k / 10^k
  return trim_scale(v_mantissa * round(power(5::numeric, -v_exponent)) * ('1e'
    || v_exponent)::numeric);
end;
$function$;

comment on function noetl_internal.exact_numeric(double precision)
  is 'Exact decimal expansion of a finite float.';
revoke all on function noetl_internal.exact_numeric(double precision) from public;
