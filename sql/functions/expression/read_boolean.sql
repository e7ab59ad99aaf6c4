-- Boolean of a value: text reads as yes/no, anything else by its truth.
-- Locks: none. Raises: NE462 for text that is neither.
create or replace function noetl_internal.read_boolean(p_value jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := lower(btrim(p_value #>> '{}', noetl_internal.white_space()) collate "C");
begin
  if jsonb_typeof(p_value) <> 'string' then
    return to_jsonb(noetl_internal.is_truthy(p_value));
  elsif v_text in ('true', 'yes', 'on', '1', 't', 'y') then
    return 'true'::jsonb;
  elsif v_text not in ('false', 'no', 'off', '0', 'f', 'n', 'none', 'null', '') then
    perform noetl_internal.raise_value(format('filter "bool" cannot read %s',
      left(p_value::text, 40)));
  end if;
  return 'false'::jsonb;
end;
$function$;

comment on function noetl_internal.read_boolean(jsonb)
  is 'Boolean of a value: text reads as yes/no, anything else by its truth.';
revoke all on function noetl_internal.read_boolean(jsonb) from public;
