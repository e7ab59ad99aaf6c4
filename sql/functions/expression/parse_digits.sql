-- Integer value of digits in a base from 2 to 36, null when a character is no digit of the base.
-- Locks: none. Never raises.
create or replace function noetl_internal.parse_digits(
  p_digits text,
  p_base integer
)
returns numeric
language plpgsql immutable parallel safe
as $function$
declare
  v_value numeric := 0;
  v_digit integer;
begin
  for i in 1..length(p_digits) loop
    v_digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', lower(substr(p_digits, i, 1))) - 1;
    if v_digit not between 0 and p_base - 1 then
      return null;
    end if;
    v_value := v_value * p_base + v_digit;
  end loop;
  return case when p_digits <> '' then v_value end;
end;
$function$;

comment on function noetl_internal.parse_digits(text, integer)
  is 'Integer value of digits in a base from 2 to 36, null when a character is no digit of the'
    ' base.';
revoke all on function noetl_internal.parse_digits(text, integer) from public;
