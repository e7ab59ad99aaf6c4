-- Compile a JSON document whose strings may hold templates into {"node": tree, "names": what it
-- reads}.
-- Locks: none. Raises: NE422 with line, column and reason for what is no server-side expression.
create or replace function noetl_internal.compile_template(p_value jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return noetl_internal.describe_tree(noetl_internal.compile_value(p_value, ''));
exception when statement_too_complex then
  perform noetl_internal.raise_syntax(p_value::text, 1, 'the template nests too deep', 'Split it.');
  return null;
end;
$function$;

comment on function noetl_internal.compile_template(jsonb)
  is 'Compile a JSON document whose strings may hold templates into {"node": tree, "names": '
    'what it';
revoke all on function noetl_internal.compile_template(jsonb) from public;
