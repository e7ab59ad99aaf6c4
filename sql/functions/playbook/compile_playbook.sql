-- Compile a document, whatever it holds: {"head", "steps": [definition with checks]}. What is wrong
-- in it is told by playbook_problems; only a document without an error may be stored.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_playbook(p_content jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_spec jsonb := noetl_internal.mapping_of(p_content #> '{executor,spec}');
  v_workbook jsonb := noetl_internal.workbook_tools(p_content);
  v_workflow jsonb := noetl_internal.list_of(p_content -> 'workflow');
  v_known jsonb := noetl_internal.known_names(p_content, v_workflow);
  v_steps jsonb;
begin
  select
    coalesce(
      jsonb_agg(
        noetl_internal.compile_step(
          noetl_internal.mapping_of(s.value), s.place::integer - 1,
          v_spec
          - '{entry_step,final_step,no_next_is_error,priority,concurrency}'::text [],
          v_workbook, v_known
        )
        order by s.place
      ),
      '[]'
    )
  into v_steps
  from jsonb_array_elements(v_workflow) with ordinality as s (value, place);
  return jsonb_build_object(
    'head', noetl_internal.compile_head(p_content, v_spec, v_steps),
    'steps', v_steps,
    'workbook', to_jsonb(array(select k from jsonb_object_keys(v_workbook) as k order by k))
  );
end;
$function$;

comment on function noetl_internal.compile_playbook(jsonb)
is 'Compile a document, whatever it holds.';
