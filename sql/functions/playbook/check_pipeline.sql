-- The tasks of one step: names are unique, and jumps lead to tasks of the pipeline, by name or to
-- the one before (previous).
-- Locks: none. Never raises.
create or replace function noetl_internal.check_pipeline(p_tools jsonb)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    with task as (
      select t.value as tool, t.value ->> 'name' as name, t.place
      from jsonb_array_elements(p_tools) with ordinality as t (value, place)
    ),

    known as (
      select array_agg(t.name) as names
      from task as t
    )

    select p.*
    from task as t
    cross join lateral noetl_internal.make_problem(
      'error', (t.tool ->> 'at') || '.name', format('a task named "%s" exists already', t.name),
      'Give each task of a pipeline a name of its own.'
    ) as p
    where exists (select from task as o where o.name = t.name and o.place < t.place)
    union all
    select p.*
    from task as t
    cross join lateral jsonb_array_elements(t.tool -> 'rules') as r (rule)
    cross join known as k
    cross join lateral noetl_internal.make_problem(
      'error', (r.rule ->> 'at') || '.to',
      coalesce('no task named "' || (r.rule ->> 'to') || '"', '"to" is missing'),
      coalesce(
        noetl_internal.suggest_name(r.rule ->> 'to', k.names),
        'Say where to jump: ' || array_to_string(k.names, ', ') || '.'
      )
    ) as p
    where
      r.rule ->> 'do' = 'jump' and (r.rule ->> 'to' = any(k.names)) is not true
      and not (r.rule ->> 'to' = 'previous' and t.place > 1);
end;
$function$;

comment on function noetl_internal.check_pipeline(jsonb)
is 'The tasks of one step: unique names, and jumps to tasks that exist.';
