-- Arcs that take up chunks: only a step whose tool a worker runs once has them, and only they have
-- a spec.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_streams(
  p_content jsonb,
  p_steps jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    with arc as (
      select
        s.value as step, a.arc, a.at, coalesce(a.arc ->> 'on', '') = 'call.partial' as is_chunk
      from jsonb_array_elements(p_steps) as s (value)
      cross join lateral noetl_internal.list_arcs(
        p_content -> 'workflow' -> (s.value ->> 'position')::integer -> 'next',
        (s.value #>> '{checks,at}') || '.next'
      ) as a
    )

    select p.*
    from arc as a
    cross join lateral (
      select c.*
      from noetl_internal.make_problem(
        'error', a.at || '.spec', 'only an arc with "on: call.partial" has a spec',
        'The mode of all arcs is next.spec.mode.'
      ) as c
      where a.arc ? 'spec' and not a.is_chunk
      union all
      select c.*
      from noetl_internal.make_problem(
        'error', a.at || '.on', 'a loop has no chunks: its items have',
        'Let a step without a loop make the chunks, and loop over them where they arrive.'
      ) as c
      where a.is_chunk and a.step -> 'loop' <> 'null'
      union all
      select c.*
      from noetl_internal.make_problem(
        'error', a.at || '.on', 'this step has no tool that could make chunks',
        'Give it a tool such as python, or leave "on" out.'
      ) as c
      where a.is_chunk and ((a.step ->> 'inline')::boolean or a.step -> 'wait' <> 'null')
      union all
      select c.*
      from noetl_internal.make_problem(
        'warning', a.at || '.spec.max_in_flight',
        'max_in_flight has no effect: chunks are handled one after the other',
        'Add mode: parallel.'
      ) as c
      where
        a.is_chunk and a.arc #> '{spec,max_in_flight}' is not null
        and a.arc #>> '{spec,mode}' is distinct from 'parallel'
    ) as p
    union all
    select p.*
    from jsonb_path_query(
      p_steps, '$[*].next.arcs[*] ? (@.on == "call.partial").set[*]'
    ) as s (entry)
    cross join lateral noetl_internal.make_problem(
      'error', s.entry ->> 'at', 'a chunk cannot write to its step''s result: it has none yet',
      'Write ctx.<name>.'
    ) as p
    where s.entry ->> 'target' like 'step.%';
end;
$function$;

comment on function noetl_internal.check_streams(jsonb, jsonb)
is 'Arcs that take up chunks: where they may stand, and what they may say.';
