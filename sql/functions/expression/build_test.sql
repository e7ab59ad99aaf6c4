-- Node of a test: [test, base, name, a1, …], or the shorter [defined, base].
-- Locks: none. Raises: NE422 for an unknown test or a wrong number of arguments.
create or replace function noetl_internal.build_test(
  p_source text,
  p_at integer,
  p_name text,
  p_base jsonb,
  p_arguments jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_known jsonb := noetl_internal.test_parameters();
  v_near text;
begin
  if not v_known ? p_name then
    v_near := noetl_internal.nearest_name(p_name, array(select jsonb_object_keys(v_known)));
    perform noetl_internal.raise_syntax(
      p_source, p_at, format('unknown test "%s"', p_name), coalesce(
        'Did you mean "' || v_near || '"?', 'Tests are listed in docs/expressions.md.'
      )
    );
  end if;
  if (v_known ->> p_name)::integer <> jsonb_array_length(p_arguments)
    or p_arguments -> 0 ->> 0 is not null
  then
    perform noetl_internal.raise_syntax(
      p_source, p_at, format('test "%s" takes %s argument(s)', p_name, v_known ->> p_name),
      'Write x is divisibleby(3), x is in(list), x is defined.'
    );
  end if;
  return jsonb_build_array('test', p_base, case
    when p_name in ('equalto', '==') then 'eq'
    when p_name = '!=' then 'ne'
    when p_name in ('greaterthan', '>') then 'gt'
    when p_name in ('lessthan', '<') then 'lt'
    when p_name = '>=' then 'ge'
    when p_name = '<=' then 'le'
    else p_name
  end) || case when p_arguments = '[]' then '[]' else jsonb_build_array(p_arguments -> 0 -> 1) end;
end;
$function$;

comment on function noetl_internal.build_test(text, integer, text, jsonb, jsonb)
  is 'Node of a test: [test, base, name, a1, …], or the shorter [defined, base].';
revoke all on function noetl_internal.build_test(text, integer, text, jsonb, jsonb) from public;
