-- Float written in a text, null when there is none.
-- Locks: none. Raises: NE462 for infinity, not-a-number and what is out of range.
create or replace function noetl_internal.read_float(p_value jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := lower(btrim(p_value #>> '{}', noetl_internal.white_space()) collate "C");
begin
  if jsonb_typeof(p_value) <> 'string' then
    return null;
  elsif v_text ~ '^[-+]?(inf|infinity|nan)$' then
    perform noetl_internal.raise_value('the result is not a finite number');
  elsif v_text !~ ('^[-+]?([0-9](_?[0-9])*\.?([0-9](_?[0-9])*)?|\.[0-9](_?[0-9])*)'
    || '(e[-+]?[0-9](_?[0-9])*)?$') then
    return null;
  end if;
  return noetl_internal.float_value(replace(v_text, '_', '')::float8);
exception when numeric_value_out_of_range then
  if v_text ~ 'e-' then
    return '0.0'::jsonb;
  end if;
  perform noetl_internal.raise_value('the result is not a finite number');
  return null;
end;
$function$;

comment on function noetl_internal.read_float(jsonb)
  is 'Float written in a text, null when there is none.';
revoke all on function noetl_internal.read_float(jsonb) from public;
