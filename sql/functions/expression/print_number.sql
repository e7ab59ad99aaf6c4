-- Text of a number as Python prints it: an integer in full, a float as its shortest form.
-- Locks: none. Never raises.
create or replace function noetl_internal.print_number(p_number numeric)
returns text
language plpgsql immutable parallel safe
as $function$
declare
  v_number numeric := trim_scale(noetl_internal.float_of(to_jsonb(p_number))::text::numeric);
  v_digits text;
  v_exponent integer;
begin
  if scale(p_number) = 0 then
    return p_number::text;
  end if;
  if v_number = 0 then
    return '0.0';
  end if;
  v_digits := ltrim(replace(abs(v_number)::text, '.', ''), '0');
  v_exponent := length(v_digits) - scale(v_number) - 1;
  if v_exponent between -4 and 15 then
    return v_number::text || case when scale(v_number) = 0 then '.0' else '' end;
  end if;
  v_digits := rtrim(v_digits, '0');
  return case when v_number < 0 then '-' else '' end || left(v_digits, 1)
    || case when length(v_digits) > 1 then '.' || substr(v_digits, 2) else '' end
    || case when v_exponent < 0 then 'e-' else 'e+' end
      || lpad(abs(v_exponent)::text, greatest(length(abs(v_exponent)::text), 2), '0');
end;
$function$;

comment on function noetl_internal.print_number(numeric)
  is 'Text of a number as Python prints it: an integer in full, a float as its shortest form.';
revoke all on function noetl_internal.print_number(numeric) from public;
