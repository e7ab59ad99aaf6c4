-- All compiled templates of a playbook, each with the step it stands in (null: workload) and
-- whether a worker, not the engine, evaluates it.
-- Locks: none. Never raises.
create or replace function noetl_internal.list_templates(p_compiled jsonb)
returns table (template jsonb, step text, is_worker boolean)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
begin
  return query
    select t.template, s.step ->> 'step', false
    from jsonb_array_elements(p_compiled -> 'steps') as s (step)
    cross join lateral (
      values
      ('$.input'), ('$.loop.in'), ('$.loop.max_in_flight'), ('$.loop.frame'),
      ('$.admit[*].when'), ('$.set[*].value'),
      ('$.next.arcs[*].when'), ('$.next.arcs[*].input'), ('$.next.arcs[*].set[*].value'),
      ('$.wait.*'), ('$.concurrency.*')
    ) as p (path)
    cross join lateral jsonb_path_query(s.step, p.path::jsonpath) as t (template)
    where jsonb_typeof(t.template) = 'object'
    union all
    select t.template, s.step ->> 'step', true
    from jsonb_array_elements(p_compiled -> 'steps') as s (step)
    cross join lateral jsonb_array_elements(s.step #> '{checks,worker}') as t (template)
    union all
    select t.value, null, false
    from jsonb_each(noetl_internal.mapping_of(p_compiled #> '{head,concurrency}')) as t
    where jsonb_typeof(t.value) = 'object'
    union all
    select t.value, null, false
    from jsonb_each(noetl_internal.mapping_of(p_compiled #> '{head,workload_templates}')) as t;
end;
$function$;

comment on function noetl_internal.list_templates(jsonb)
is 'All compiled templates of a playbook.';
