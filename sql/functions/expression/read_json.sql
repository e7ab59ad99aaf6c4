-- Value of a JSON text.
-- Locks: none. Raises: NE462 for what is no JSON text.
create or replace function noetl_internal.read_json(p_value jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if jsonb_typeof(p_value) <> 'string' then
    perform noetl_internal.raise_value(format(
      'filter "fromjson" needs text, not %s', noetl_internal.type_name(p_value)
    ));
  end if;
  return (p_value #>> '{}')::jsonb;
exception when data_exception or program_limit_exceeded then
  perform noetl_internal.raise_value(
    format('filter "fromjson": the text is no JSON: %s', left(p_value #>> '{}', 40))
  );
  return null;
end;
$function$;

comment on function noetl_internal.read_json(jsonb)
  is 'Value of a JSON text.';
revoke all on function noetl_internal.read_json(jsonb) from public;
