-- What the engine needs of the document as a whole (docs/protocol.md).
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_head(
  p_content jsonb,
  p_spec jsonb,
  p_steps jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_workload jsonb := noetl_internal.mapping_of(p_content -> 'workload');
  v_tools jsonb := jsonb_path_query_array(p_steps, '$[*].checks.tools[*]');
  v_names text[] := array(
    select c.name
    from noetl_internal.credential_names(
      -- A cursor names its credential as a tool does.
      v_tools || (
        select coalesce(jsonb_agg(jsonb_build_object('options', l.cursor)), '[]')
        from jsonb_path_query(p_steps, '$[*].loop.cursor') as l (cursor)
      ),
      p_content -> 'keychain'
    ) as c (name)
    order by c.name
  );
begin
  return jsonb_build_object(
    'entry_step', coalesce(noetl_internal.text_of(p_spec -> 'entry_step'), p_steps -> 0 ->> 'step'),
    'final_step', noetl_internal.text_of(p_spec -> 'final_step'),
    'no_next_is_error', coalesce(p_spec -> 'no_next_is_error', 'false'),
    'workload', v_workload,
    'workload_templates', noetl_internal.workload_templates(v_workload),
    'credentials', to_jsonb(array(select n from unnest(v_names) as n where n !~ '\{[{%]')),
    'credential_templates', exists (select from unnest(v_names) as n where n ~ '\{[{%]'),
    'children', (
      select coalesce(jsonb_agg(distinct t.tool #> '{options,path}'), '[]')
      from jsonb_array_elements(v_tools) as t (tool)
      where
        t.tool ->> 'kind' = 'playbook'
        and noetl_internal.text_of(t.tool #> '{options,path}') !~ '\{[{%]'
    ),
    'priority', coalesce(p_spec -> 'priority', '5'),
    'pool', coalesce(noetl_internal.text_of(p_spec -> 'pool'), 'default'),
    'concurrency', noetl_internal.compile_concurrency(
      p_spec -> 'concurrency', 'executor.spec.concurrency'
    )
  );
end;
$function$;

comment on function noetl_internal.compile_head(jsonb, jsonb, jsonb)
is 'What the engine needs of the document as a whole.';
