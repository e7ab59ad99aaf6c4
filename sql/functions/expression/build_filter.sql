-- Node of a filter whose arguments are bound to its parameters: [filter, name, base, a1, …].
-- Locks: none. Raises: NE422 for an unknown filter or arguments that do not fit.
create or replace function noetl_internal.build_filter(
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
  v_known jsonb := noetl_internal.filter_parameters();
  v_bound jsonb;
  v_near text;
begin
  if not v_known ? p_name then
    v_near := noetl_internal.nearest_name(
      p_name,
      array(select jsonb_object_keys(v_known)) || '{map,select,reject,selectattr,rejectattr}'
    );
    perform noetl_internal.raise_syntax(
      p_source, p_at, format('unknown filter "%s"', p_name),
      coalesce(
        'Did you mean "' || v_near || '"?',
        'Server-side filters are listed in docs/expressions.md; tools use all of Jinja2.'
      )
    );
  end if;
  v_bound := noetl_internal.bind_arguments(
    p_source, p_at, format('filter "%s"', p_name), v_known -> p_name, p_arguments
  );
  return case p_name
    when 'default' then jsonb_build_array('default', p_base) || v_bound
    else jsonb_build_array('filter', p_name, p_base) || v_bound
  end;
end;
$function$;

comment on function noetl_internal.build_filter(text, integer, text, jsonb, jsonb)
  is 'Node of a filter whose arguments are bound to its parameters: [filter, name, base, a1, '
    '…].';
revoke all on function noetl_internal.build_filter(text, integer, text, jsonb, jsonb) from public;
