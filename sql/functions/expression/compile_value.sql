-- Tree of a JSON document whose strings may hold templates; p_path names the place in messages.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.compile_value(
  p_value jsonb,
  p_path text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_parts jsonb[] := array[]::jsonb[];
  v_part record;
  v_message text;
  v_detail text;
  v_hint text;
begin
  if p_value::text !~ '\{[{%#]' then
    return case jsonb_typeof(p_value) when 'array' then jsonb_build_array('const', p_value)
      else p_value end;
  elsif jsonb_typeof(p_value) = 'array' then
    for v_part in select x.e, x.o from jsonb_array_elements(p_value)
      with ordinality as x (e, o) loop
      v_parts := v_parts || noetl_internal.compile_value(
        v_part.e, format('%s[%s]', p_path, v_part.o - 1)
      );
    end loop;
    return '["array"]' || to_jsonb(v_parts);
  elsif jsonb_typeof(p_value) = 'object' then
    for v_part in select x.key, x.value from jsonb_each(p_value) as x loop
      v_parts := v_parts || to_jsonb(v_part.key) || noetl_internal.compile_value(
        v_part.value, concat_ws('.', nullif(p_path, ''), v_part.key)
      );
    end loop;
    return '["object"]' || to_jsonb(v_parts);
  end if;
  return noetl_internal.compile_text(p_value #>> '{}');
exception when sqlstate 'NE422' then
  get stacked diagnostics
    v_message = message_text, v_detail = pg_exception_detail, v_hint = pg_exception_hint;
  if p_path = '' or v_detail::jsonb ? 'path' then
    raise;
  end if;
  raise exception '%', v_message || ' of ' || p_path using
    errcode = 'NE422', hint = v_hint,
    detail = v_detail::jsonb || jsonb_build_object('path', p_path);
end;
$function$;

comment on function noetl_internal.compile_value(jsonb, text)
  is 'Tree of a JSON document whose strings may hold templates; p_path names the place in '
    'messages.';
revoke all on function noetl_internal.compile_value(jsonb, text) from public;
