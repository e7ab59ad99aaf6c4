-- A number rounded to places; a tie of the exact value goes to the even digit.
-- Locks: none. Never raises.
create or replace function noetl_internal.round_half_even(
  p_number numeric,
  p_places integer
)
returns numeric
language plpgsql immutable parallel safe
as $function$
declare
  v_unit numeric := ('1e' || -p_places)::numeric;
  v_down numeric := floor(p_number * ('1e' || p_places)::numeric) * v_unit;
  v_tie numeric := v_down + v_unit * 0.5;
  v_exact numeric := p_number;
begin
  -- only a decimal form on the tie hides a float just beside it
  if p_number = v_tie and scale(p_number) > 0 then
    v_exact := noetl_internal.exact_numeric(p_number::float8);
  end if;
  return case
    when v_exact > v_tie then v_down + v_unit
    when v_exact < v_tie then v_down
    when mod(v_down * ('1e' || p_places)::numeric, 2) = 0 then v_down
    else v_down + v_unit
  end;
end;
$function$;

comment on function noetl_internal.round_half_even(numeric, integer)
  is 'A number rounded to places; a tie of the exact value goes to the even digit.';
revoke all on function noetl_internal.round_half_even(numeric, integer) from public;
