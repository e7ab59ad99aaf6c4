-- Tree of a string: one expression keeps its type, anything mixed becomes text.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.compile_text(p_text text)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := regexp_replace(p_text, E'\r\n?', E'\n', 'g');
  v_parts jsonb[] := array[]::jsonb[];
  v_at integer := 1;
  v_data text;
  v_found integer;
  v_open text;
  v_node jsonb;
  v_expression jsonb;
  v_expressions integer := 0;
  v_has_text boolean := false;
  v_strip boolean := false;
begin
  if p_text !~ '\{[{%#]' then
    return to_jsonb(p_text);
  end if;
  loop
    v_found := regexp_instr(v_text, '\{[{%#]', v_at);
    v_open := substring(v_text from v_found for 3);
    v_open := case when v_open ~ '[-+]$' then v_open else left(v_open, 2) end;
    v_data := case when v_found > 0 then substr(v_text, v_at, v_found - v_at)
      else substr(v_text, v_at) end;
    v_at := v_found;
    v_data := case when v_strip then regexp_replace(v_data, '^\s+', '') else v_data end;
    v_data := case when v_found > 0 and v_open like '%-' then regexp_replace(v_data, '\s+$', '')
      else v_data end;
    if v_data <> '' then
      v_parts := v_parts || to_jsonb(v_data);
      v_has_text := v_has_text or v_data ~ '\S';
    end if;
    exit when v_found = 0;
    select t.node, t.next, t.strip into v_node, v_at, v_strip
    from noetl_internal.compile_tag(v_text, v_at, v_open) as t;
    if v_node is not null then
      v_parts := v_parts || v_node;
      v_expression := v_node;
      v_expressions := v_expressions + 1;
    end if;
  end loop;
  if v_expressions = 1 and not v_has_text then
    return v_expression;
  end if;
  return '["text"]' || to_jsonb(v_parts);
end;
$function$;

comment on function noetl_internal.compile_text(text)
  is 'Tree of a string: one expression keeps its type, anything mixed becomes text.';
revoke all on function noetl_internal.compile_text(text) from public;
