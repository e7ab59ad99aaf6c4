-- The joins of a playbook (docs/protocol.md): steps that branches of one inclusive split reach,
-- outside cycles, and steps that say join: all; not those that say join: any.
-- Locks: none. Never raises.
create or replace function noetl_internal.step_joins(p_steps jsonb)
returns table (step text, definition jsonb)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
declare
  v_graph jsonb := noetl_internal.step_graph(p_steps);
  v_reverse jsonb := noetl_internal.reverse_graph(v_graph);
begin
  return query
    -- Materialized: else the walk along the graph is done for steps that no split reaches.
    with candidate as materialized (
      select
        s.value ->> 'step' as step,
        s.value #>> '{checks,join}' as wanted,
        array_agg(t.split order by t.split) as splits
      from jsonb_array_elements(p_steps) as s (value)
      inner join noetl_internal.split_targets(p_steps, v_graph) as t on t.step = s.value ->> 'step'
      group by s.value ->> 'step', s.value #>> '{checks,join}'
    )

    select
      j.step,
      jsonb_build_object(
        'mode', 'all',
        'splits', to_jsonb(j.splits),
        'from', (
          select to_jsonb(array_agg(r.step order by r.step))
          from noetl_internal.reachable_steps(
            v_reverse, array(select jsonb_array_elements_text(v_reverse -> j.step))
          ) as r (step)
        )
      )
    from candidate as j
    where
      case
        when j.wanted is null then not noetl_internal.is_on_cycle(v_graph, j.step)
        else j.wanted = 'all'
      end;
end;
$function$;

comment on function noetl_internal.step_joins(jsonb) is 'The joins of a playbook.';
