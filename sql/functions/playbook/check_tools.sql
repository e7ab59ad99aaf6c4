-- The tools of all steps and of the workbook.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_tools(
  p_content jsonb,
  p_compiled jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from jsonb_array_elements(p_compiled -> 'steps') as s (step)
    cross join lateral noetl_internal.check_pipeline(s.step #> '{checks,tools}') as p
    union all
    select p.*
    from jsonb_path_query(p_compiled, '$.steps[*].checks.tools[*]') as t (tool)
    cross join lateral noetl_internal.check_kind(
      t.tool, array(select jsonb_array_elements_text(p_compiled -> 'workbook'))
    ) as p
    union all
    select p.*
    from jsonb_array_elements(noetl_internal.list_of(p_content -> 'workbook')) with ordinality
      as w (value, place)
    cross join lateral noetl_internal.check_kind(
      jsonb_build_object(
        'at',
        format('workbook[%s]', w.place - 1) || case when w.value ? 'tool' then '.tool' else '' end,
        'kind', noetl_internal.text_of(
          case when w.value ? 'tool' then w.value -> 'tool' -> 'kind' else w.value -> 'kind' end
        )
      ),
      '{}'
    ) as p;
end;
$function$;

comment on function noetl_internal.check_tools(jsonb, jsonb)
is 'The tools of all steps and of the workbook.';
