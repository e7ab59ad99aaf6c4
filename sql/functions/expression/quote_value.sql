-- Text of a value as Python's repr() gives it: text in quotes with escapes.
-- Locks: none. Never raises.
create or replace function noetl_internal.quote_value(p_value jsonb)
returns text
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := p_value #>> '{}';
  v_quote text := case when v_text like '%''%' and v_text not like '%"%' then '"' else '''' end;
begin
  if jsonb_typeof(p_value) <> 'string' then
    return noetl_internal.print_value(p_value);
  end if;
  v_text := replace(v_text, '\', '\\');
  v_text := case when v_quote = '''' then replace(v_text, '''', '\''') else v_text end;
  if v_text ~ '[^ -~]' then
    v_text := replace(replace(replace(v_text, E'\n', '\n'), E'\r', '\r'), E'\t', '\t');
    v_text := noetl_internal.escape_unprintable(v_text);
  end if;
  return v_quote || v_text || v_quote;
end;
$function$;

comment on function noetl_internal.quote_value(jsonb)
  is 'Text of a value as Python''s repr() gives it: text in quotes with escapes.';
revoke all on function noetl_internal.quote_value(jsonb) from public;
