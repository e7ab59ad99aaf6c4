-- What a template or condition gives, errors included, so that one query runs many cases.
create function pg_temp.outcome(
  p_case jsonb
)
returns jsonb
language plpgsql
as $function$
declare
  v_compiled jsonb;
  v_value jsonb;
begin
  if p_case ->> 'kind' = 'condition' then
    v_compiled := noetl_internal.compile_condition(p_case -> 'source');
    return jsonb_build_object('value', noetl_internal.evaluate_condition(
      v_compiled -> 'node', p_case -> 'names', p_case -> 'views'
    ));
  end if;
  v_compiled := noetl_internal.compile_template(p_case -> 'source');
  v_value := noetl_internal.evaluate_template(
    v_compiled -> 'node', p_case -> 'names', p_case -> 'views'
  );
  if v_value is null then
    return '{"undefined": true}';
  end if;
  return jsonb_build_object('value', v_value);
exception when others then
  return jsonb_build_object('error', sqlstate, 'message', sqlerrm);
end;
$function$;
