-- Exact power of an integer, its exponent not negative.
-- Locks: none. Never raises.
create or replace function noetl_internal.integer_power(
  p_base numeric,
  p_exponent numeric
)
returns numeric
language sql immutable parallel safe
as $function$
  select case
    when p_exponent = 0 then 1
    when p_base in (0, 1) then p_base
    when p_base = -1 then 1 - 2 * mod(p_exponent, 2)
    else trim_scale(round(power(p_base, p_exponent)))
  end
$function$;

comment on function noetl_internal.integer_power(numeric, numeric)
  is 'Exact power of an integer, its exponent not negative.';
revoke all on function noetl_internal.integer_power(numeric, numeric) from public;
