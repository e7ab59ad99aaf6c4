-- What a loop runs over: something that can be a list, of a task's own iterator too; what claims
-- rows itself is left to check_cursors.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_loops(
  p_content jsonb,
  p_steps jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    with loop as (
      select
        s.value #> '{loop,in_raw}' as source,
        coalesce(s.value #>> '{loop,in,at}', (s.value #>> '{checks,at}') || '.loop.in')
          as source_at,
        s.value #>> '{checks,older_loop}' as older_at,
        coalesce(jsonb_typeof(w.loop), 'object') = 'object' as is_mapping
      from jsonb_array_elements(p_steps) as s (value)
      cross join lateral (
        select p_content -> 'workflow' -> (s.value ->> 'position')::integer -> 'loop' as loop
      ) as w
      where s.value -> 'loop' <> 'null' and s.value #>> '{loop,mode}' <> 'cursor'
      union all
      select t.tool #> '{iterator,items}', (t.tool ->> 'at') || '.iterator.items', null, false
      from jsonb_path_query(p_steps, '$[*].checks.tools[*]') as t (tool)
    )

    select p.*
    from loop as l
    cross join lateral noetl_internal.make_problem(
      'error', l.source_at, '"in" is missing: the loop has nothing to run over',
      'Write in: "{{ workload.items }}" or a list.'
    ) as p
    where coalesce(l.source, 'null') = 'null' and l.is_mapping
    union all
    select p.*
    from loop as l
    cross join lateral noetl_internal.make_problem(
      'warning', l.older_at, 'older spelling "iterator"', 'Write "loop".'
    ) as p
    where l.older_at is not null
    union all
    select p.*
    from loop as l
    cross join lateral noetl_internal.make_problem(
      'error', l.source_at,
      format('is %s, expected a list', noetl_internal.describe_value(l.source)),
      'A loop runs over a list or over an expression that gives one: in: "{{ workload.items }}".'
    ) as p
    where
      jsonb_typeof(l.source) in ('object', 'number', 'boolean')
      or jsonb_typeof(l.source) = 'string' and l.source #>> '{}' !~ '\{[{%]';
end;
$function$;

comment on function noetl_internal.check_loops(jsonb, jsonb)
is 'What a loop runs over: something that can be a list.';
