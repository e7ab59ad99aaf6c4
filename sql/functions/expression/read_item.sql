-- One item of a mapping, list or text; null when there is none.
-- Locks: none. Never raises.
create or replace function noetl_internal.read_item(
  p_base jsonb,
  p_key jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_base_type text := jsonb_typeof(p_base);
  v_key_type text := jsonb_typeof(p_key);
  v_index numeric;
  v_length integer;
begin
  if v_base_type = 'object' and v_key_type = 'string' then
    return p_base -> (p_key #>> '{}');
  elsif v_base_type not in ('array', 'string') or v_key_type not in ('number', 'boolean') then
    return null;
  end if;
  v_index := noetl_internal.numeric_of(p_key);
  v_length := case v_base_type
    when 'array' then jsonb_array_length(p_base) else length(p_base #>> '{}')
  end;
  if scale(v_index) > 0 or v_index not between -v_length and v_length - 1 then
    return null;
  elsif v_base_type = 'array' then
    return p_base -> v_index::integer;
  end if;
  return to_jsonb(substr(p_base #>> '{}', ((v_index + v_length) % v_length)::integer + 1, 1));
end;
$function$;

comment on function noetl_internal.read_item(jsonb, jsonb)
  is 'One item of a mapping, list or text; null when there is none.';
revoke all on function noetl_internal.read_item(jsonb, jsonb) from public;
