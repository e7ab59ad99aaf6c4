-- Quotient of floats rounded down, as Python computes it.
-- Locks: none. Never raises for a divisor other than zero.
create or replace function noetl_internal.float_floor_divide(
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
  v_quotient double precision := (p_left - v_rest) / p_right;
begin
  if v_rest <> 0 and (v_rest < 0) <> (p_right < 0) then
    v_quotient := v_quotient - 1;
  end if;
  return floor(v_quotient) + (v_quotient - floor(v_quotient) > 0.5)::integer;
end;
$function$;

comment on function noetl_internal.float_floor_divide(double precision, double precision)
  is 'Quotient of floats rounded down, as Python computes it.';
revoke all on function noetl_internal.float_floor_divide(double precision, double precision)
  from public;
