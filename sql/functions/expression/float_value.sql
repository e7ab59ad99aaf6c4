-- JSON number of a float, which keeps a fraction digit so that it stays one; no negative zero.
-- Locks: none. Raises: NE462 for infinity and not-a-number.
create or replace function noetl_internal.float_value(p_float double precision)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_number numeric;
begin
  if p_float in ('Infinity', '-Infinity', 'NaN') then
    perform noetl_internal.raise_value('the result is not a finite number');
  end if;
  -- through text: the cast from float to numeric keeps 15 digits only
  v_number := p_float::text::numeric;
  return to_jsonb(case when scale(v_number) = 0 then round(v_number, 1) else v_number end);
end;
$function$;

comment on function noetl_internal.float_value(double precision)
  is 'JSON number of a float, which keeps a fraction digit so that it stays one; no negative '
    'zero.';
revoke all on function noetl_internal.float_value(double precision) from public;
