-- Value of a filter applied to a defined value with all its arguments.
-- Locks: none. Raises: NE462, NE463; null stands for undefined (first of an empty list).
create or replace function noetl_internal.apply_filter(
  p_name text,
  p_value jsonb,
  p_arguments jsonb[]
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if p_name in ('int', 'float', 'abs', 'round', 'bool') then
    return noetl_internal.apply_number_filter(p_name, p_value, p_arguments);
  elsif p_name in ('string', 'lower', 'upper', 'trim', 'replace', 'tojson', 'fromjson') then
    return noetl_internal.apply_text_filter(p_name, p_value, p_arguments);
  elsif p_name in ('length', 'first', 'last', 'list', 'keys', 'values', 'items') then
    return noetl_internal.apply_part_filter(p_name, p_value);
  end if;
  return noetl_internal.apply_list_filter(p_name, p_value, p_arguments);
end;
$function$;

comment on function noetl_internal.apply_filter(text, jsonb, jsonb[])
  is 'Value of a filter applied to a defined value with all its arguments.';
revoke all on function noetl_internal.apply_filter(text, jsonb, jsonb[]) from public;
