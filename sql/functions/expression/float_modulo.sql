-- Remainder of floats with the sign of the divisor, exact as Python's.
-- Locks: none. Never raises for a divisor other than zero.
create or replace function noetl_internal.float_modulo(
  p_left double precision,
  p_right double precision
)
returns double precision
language plpgsql immutable parallel safe
as $function$
declare
  v_rest double precision := mod(
    noetl_internal.exact_numeric(p_left), noetl_internal.exact_numeric(p_right)
  )::float8;
begin
  if v_rest <> 0 and (v_rest < 0) <> (p_right < 0) then
    return v_rest + p_right;
  end if;
  return v_rest;
end;
$function$;

comment on function noetl_internal.float_modulo(double precision, double precision)
  is 'Remainder of floats with the sign of the divisor, exact as Python''s.';
revoke all on function noetl_internal.float_modulo(double precision, double precision) from public;
