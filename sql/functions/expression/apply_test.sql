-- Whether a defined value passes a test.
-- Locks: none. Raises: NE462 for values that the test cannot take.
create or replace function noetl_internal.apply_test(
  p_name text,
  p_value jsonb,
  p_argument jsonb
)
returns boolean
language plpgsql immutable parallel safe
as $function$
declare
  v_type text := jsonb_typeof(p_value);
  v_text text;
begin
  if p_name in ('eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in') then
    return noetl_internal.compare_values(p_name, p_value, p_argument);
  elsif p_name in ('odd', 'even', 'divisibleby') then
    p_argument := case p_name when 'divisibleby' then p_argument else '2' end;
    return (noetl_internal.calculate('mod', p_value, p_argument)
      = case p_name when 'odd' then '1' else '0' end::jsonb);
  elsif p_name in ('lower', 'upper') then
    v_text := noetl_internal.print_value(p_value);
    return v_text = noetl_internal.fold_case(v_text, p_name)
      and v_text <> noetl_internal.fold_case(v_text, case p_name when 'lower' then 'upper'
        else 'lower' end);
  end if;
  return case p_name
    when 'none' then v_type = 'null'
    when 'true' then p_value = 'true'
    when 'false' then p_value = 'false'
    when 'boolean' then v_type = 'boolean'
    when 'number' then v_type in ('number', 'boolean')
    when 'integer' then v_type = 'number' and noetl_internal.is_integer(p_value)
    when 'float' then v_type = 'number' and not noetl_internal.is_integer(p_value)
    when 'string' then v_type = 'string'
    when 'mapping' then v_type = 'object'
    when 'truth' then noetl_internal.is_truthy(p_value)
    when 'defined' then true
    when 'undefined' then false
    else v_type in ('string', 'array', 'object')
  end;
end;
$function$;

comment on function noetl_internal.apply_test(text, jsonb, jsonb)
  is 'Whether a defined value passes a test.';
revoke all on function noetl_internal.apply_test(text, jsonb, jsonb) from public;
