-- Text of a value as Python's str() gives it.
-- Locks: none. Never raises.
create or replace function noetl_internal.print_value(p_value jsonb)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  case jsonb_typeof(p_value)
    when 'string' then
      return p_value #>> '{}';
    when 'number' then
      return noetl_internal.print_number(p_value::numeric);
    when 'boolean' then
      return initcap(p_value::text);
    when 'null' then
      return 'None';
    when 'array' then
      return format('[%s]', (
        select string_agg(noetl_internal.quote_value(e.value), ', ' order by e.at)
        from jsonb_array_elements(p_value) with ordinality as e (value, at)
      ));
    else
      return format('{%s}', (
        select string_agg(
          noetl_internal.quote_value(to_jsonb(m.key)) || ': '
            || noetl_internal.quote_value(m.value),
          ', ' order by m.at
        )
        from jsonb_each(p_value) with ordinality as m (key, value, at)
      ));
  end case;
end;
$function$;

comment on function noetl_internal.print_value(jsonb)
  is 'Text of a value as Python''s str() gives it.';
revoke all on function noetl_internal.print_value(jsonb) from public;
