-- JSON text of a value, indented by p_indent spaces per level unless that is none.
-- Locks: none. Raises: NE462 for an indent that is no small integer.
create or replace function noetl_internal.print_json_indented(
  p_value jsonb,
  p_indent jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if p_indent <> 'null' and (
    jsonb_typeof(p_indent) <> 'number' or p_indent::text !~ '^(1?[0-9])$'
  ) then
    perform noetl_internal.raise_value('tojson: indent must be an integer from 0 to 19');
  end if;
  return to_jsonb(noetl_internal.print_json(p_value, (p_indent #>> '{}')::integer, 0));
end;
$function$;

comment on function noetl_internal.print_json_indented(jsonb, jsonb)
  is 'JSON text of a value, indented by p_indent spaces per level unless that is none.';
revoke all on function noetl_internal.print_json_indented(jsonb, jsonb) from public;
