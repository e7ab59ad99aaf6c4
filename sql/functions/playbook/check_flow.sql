-- The graph of the steps: what cannot be reached, and what never ends.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_flow(
  p_head jsonb,
  p_steps jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
declare
  v_graph jsonb := noetl_internal.step_graph(p_steps);
  v_reached text[] := array(
    select noetl_internal.reachable_steps(
      v_graph,
      array_remove(
        array[
          case
            when v_graph ? (p_head ->> 'entry_step') then p_head ->> 'entry_step'
            else p_steps -> 0 ->> 'step'
          end,
          p_head ->> 'final_step'
        ],
        null
      )
    )
  );
  v_endless text[] := array(
    select e.step
    from noetl_internal.endless_steps(p_steps) as e (step)
    where noetl_internal.is_on_cycle(v_graph, e.step)
  );
begin
  return query
    select p.*
    from jsonb_array_elements(p_steps) as s (step)
    cross join lateral noetl_internal.make_problem(
      'warning', s.step #>> '{checks,at}', format('step "%s" cannot be reached', s.step ->> 'step'),
      'Lead an arc to it, or leave it out.'
    ) as p
    where s.step ->> 'step' <> all(v_reached);
  if v_endless = '{}' then
    return;
  end if;
  return query
    select p.*
    from jsonb_array_elements(p_steps) as s (step)
    cross join lateral noetl_internal.make_problem(
      'error', s.step #>> '{checks,at}',
      format(
        'step "%s" is on a cycle that has no tool and no exit: it would run for ever',
        s.step ->> 'step'
      ),
      'Give an arc of the cycle a condition, or a step of it a tool.'
    ) as p
    where
      s.step ->> 'step' = any(v_endless)
      -- One report per cycle, at its first step.
      and not exists (
        select from jsonb_array_elements(p_steps) as o (step)
        where
          (o.step ->> 'position')::integer < (s.step ->> 'position')::integer
          and o.step ->> 'step' = any(v_endless)
          and o.step ->> 'step' in (
            select noetl_internal.reachable_steps(v_graph, array[s.step ->> 'step'])
          )
      );
end;
$function$;

comment on function noetl_internal.check_flow(jsonb, jsonb)
is 'The graph of the steps: what cannot be reached, what never ends.';
