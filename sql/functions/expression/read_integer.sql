-- Integer of a value: numbers are cut off, text is read in a base, else as a float; else the
-- default.
-- Locks: none. Raises: NE462 for a base that is no integer.
create or replace function noetl_internal.read_integer(
  p_value jsonb,
  p_default jsonb,
  p_base jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := replace(lower(btrim(p_value #>> '{}', noetl_internal.white_space()) collate "C"),
    '_', '');
  v_parts text[];
  v_base integer;
  v_number numeric;
begin
  if noetl_internal.is_numeric(p_value) then
    v_number := noetl_internal.numeric_of(p_value);
    return to_jsonb(trunc(case
      when scale(v_number) > 0 then noetl_internal.exact_numeric(v_number::float8) else v_number
    end));
  elsif jsonb_typeof(p_value) <> 'string' then
    return p_default;
  elsif p_base::text !~ '^(0|[2-9]|[12][0-9]|3[0-6])$' then
    perform noetl_internal.raise_value('int: base must be 0 or from 2 to 36');
  end if;
  if p_value #>> '{}' !~ '__|^\s*[-+]?_|_\s*$' then
    v_parts := regexp_match(v_text, '^([-+]?)(0x|0o|0b)?([0-9a-z]+)$');
    v_base := coalesce(('{"0x": 16, "0o": 8, "0b": 2}'::jsonb ->> v_parts[2])::integer, 10);
    if v_parts[2] is not null and p_base::integer not in (0, v_base) then
      v_parts[3] := v_parts[2] || v_parts[3];
    end if;
    v_base := case when p_base = '0' then v_base else p_base::integer end;
    if v_parts[3] is not null
      and (v_parts[2] is not null or p_base <> '0' or v_parts[3] ~ '^([1-9]|0+$)') then
      v_number := noetl_internal.parse_digits(v_parts[3], v_base);
    end if;
  end if;
  if v_number is not null then
    return to_jsonb(case v_parts[1] when '-' then -v_number else v_number end);
  elsif v_text ~ '^[-+]?(inf|infinity|nan)$' or v_text ~ '[0-9]e\+?[0-9]{4}' then
    return p_default;
  end if;
  return coalesce(to_jsonb(trunc(noetl_internal.exact_numeric(
    noetl_internal.float_of(noetl_internal.read_float(p_value))
  ))), p_default);
end;
$function$;

comment on function noetl_internal.read_integer(jsonb, jsonb, jsonb)
  is 'Integer of a value: numbers are cut off, text is read in a base, else as a float; else '
    'the';
revoke all on function noetl_internal.read_integer(jsonb, jsonb, jsonb) from public;
