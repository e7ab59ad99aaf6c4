-- JSON text as Jinja2 writes it: keys sorted, ASCII only, < > & ' escaped.
-- Locks: none. Never raises.
create or replace function noetl_internal.print_json(
  p_value jsonb,
  p_indent integer,
  p_level integer
)
returns text
language plpgsql immutable parallel safe
as $function$
declare
  v_break text := coalesce(E'\n' || repeat(' ', p_indent * (p_level + 1)), '');
  v_end text := coalesce(E'\n' || repeat(' ', p_indent * p_level), '');
  v_comma text := case when p_indent is null then ', ' else ',' end;
  v_body text;
begin
  case jsonb_typeof(p_value)
    when 'number' then
      return noetl_internal.print_number(p_value::numeric);
    when 'string' then
      return noetl_internal.quote_json(p_value #>> '{}');
    when 'array' then
      select string_agg(noetl_internal.print_json(e.value, p_indent, p_level + 1), v_comma
        || v_break order by e.at)
      into v_body
      from jsonb_array_elements(p_value) with ordinality as e (value, at);
      return coalesce('[' || v_break || v_body || v_end || ']', '[]');
    when 'object' then
      select string_agg(
        noetl_internal.quote_json(m.key) || ': '
          || noetl_internal.print_json(m.value, p_indent, p_level + 1),
        v_comma || v_break order by m.key collate "C"
      )
      into v_body
      from jsonb_each(p_value) as m;
      return coalesce('{' || v_break || v_body || v_end || '}', '{}');
    else
      return p_value::text;
  end case;
end;
$function$;

comment on function noetl_internal.print_json(jsonb, integer, integer)
  is 'JSON text as Jinja2 writes it: keys sorted, ASCII only, < > & '' escaped.';
revoke all on function noetl_internal.print_json(jsonb, integer, integer) from public;
