-- Float nearest to a number.
-- Locks: none. Raises: NE462 for an integer beyond the range of floats.
create or replace function noetl_internal.float_of(p_value jsonb)
returns double precision
language plpgsql immutable parallel safe
as $function$
declare
  v_number numeric := noetl_internal.numeric_of(p_value);
begin
  if abs(v_number) >= 1.797693134862315807e308 then
    perform noetl_internal.raise_value('int too large to convert to float');
  elsif abs(v_number) < 1e-300 then
    -- PostgreSQL refuses to read what underflows; Python reads zero
    return case when abs(v_number) < 5e-324 then 0 else v_number::float8 end;
  end if;
  return v_number::float8;
end;
$function$;

comment on function noetl_internal.float_of(jsonb)
  is 'Float nearest to a number.';
revoke all on function noetl_internal.float_of(jsonb) from public;
