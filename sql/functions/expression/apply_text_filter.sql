-- Filters that make or read text: string lower upper trim replace tojson fromjson.
-- Locks: none. Raises: NE462, NE463.
create or replace function noetl_internal.apply_text_filter(
  p_name text,
  p_value jsonb,
  p_arguments jsonb[]
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  case p_name
    when 'string' then
      return to_jsonb(noetl_internal.print_value(p_value));
    when 'lower' then
      return to_jsonb(noetl_internal.fold_case(noetl_internal.print_value(p_value), 'lower'));
    when 'upper' then
      return to_jsonb(noetl_internal.fold_case(noetl_internal.print_value(p_value), 'upper'));
    when 'trim' then
      return noetl_internal.trim_text(noetl_internal.print_value(p_value), p_arguments[1]);
    when 'replace' then
      return noetl_internal.replace_text(
        noetl_internal.print_value(p_value), noetl_internal.print_value(p_arguments[1]),
        noetl_internal.print_value(p_arguments[2]), p_arguments[3]
      );
    when 'tojson' then
      return noetl_internal.print_json_indented(p_value, p_arguments[1]);
    else
      return noetl_internal.read_json(p_value);
  end case;
end;
$function$;

comment on function noetl_internal.apply_text_filter(text, jsonb, jsonb[])
  is 'Filters that make or read text: string lower upper trim replace tojson fromjson.';
revoke all on function noetl_internal.apply_text_filter(text, jsonb, jsonb[]) from public;
