-- The workload of a new run: the caller's input over the playbook's defaults, default templates
-- evaluated once. A default that the caller replaced is data, not a template. Defaults may refer to
-- each other; a cycle is refused.
-- Raises: NE422 for a cycle or an input that is no mapping, NE46x of a template.
create or replace function noetl_internal.workload_of(
  p_execution_id bigint,
  p_compiled jsonb,
  p_input jsonb,
  p_env jsonb
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_templates jsonb := coalesce(nullif(p_compiled -> 'workload_templates', 'null'), '{}');
  v_workload jsonb := noetl_internal.deep_merge(coalesce(p_compiled -> 'workload', '{}'), p_input);
  v_key text;
  v_value jsonb;
begin
  if jsonb_typeof(v_workload) <> 'object' then
    raise exception 'workload is a %, not a mapping', noetl_internal.python_type(v_workload) using
      errcode = 'NE422', hint = 'Pass a mapping such as {"day": "2026-01-31"}.';
  end if;
  v_templates := v_templates - array(
    select k from jsonb_object_keys(p_input) as k
    where jsonb_typeof(p_input -> k) <> 'object'
  );
  while v_templates <> '{}' loop
    select t.key into v_key
    from jsonb_each(v_templates) as t
    where not noetl_internal.reads_any(t.value -> 'names', v_templates - t.key)
    order by t.key
    limit 1;
    if not found then
      raise exception 'workload defaults refer to each other in a cycle: %',
        array_to_string(array(select jsonb_object_keys(v_templates)), ', ')
      using errcode = 'NE422', hint = 'Give one of them a plain value.';
    end if;
    v_value := noetl_internal.evaluate_template(
      v_templates -> v_key -> 'node',
      v_workload || jsonb_build_object(
        'workload', v_workload, 'input', p_input, 'payload', p_input, 'env', p_env
      ) || noetl_internal.base_locals(p_execution_id)
    );
    v_workload := v_workload || jsonb_build_object(
      v_key, coalesce(noetl_internal.deep_merge(v_value, p_input -> v_key), 'null')
    );
    v_templates := v_templates - v_key;
  end loop;
  return v_workload;
end;
$function$;

comment on function noetl_internal.workload_of(bigint, jsonb, jsonb, jsonb)
is 'The workload of a new run: the caller''s input over the playbook''s defaults.';
