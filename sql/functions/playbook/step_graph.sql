-- Where each step can lead: {step: [step, …]}.
-- Locks: none. Never raises.
create or replace function noetl_internal.step_graph(p_steps jsonb)
returns jsonb
language sql immutable parallel safe
as $function$
  select
    coalesce(
      jsonb_object_agg(
        s.value ->> 'step',
        coalesce(
          (
            select jsonb_agg(distinct a.target)
            from jsonb_path_query(s.value, '$.next.arcs[*].step') as a (target)
            where jsonb_typeof(a.target) = 'string'
          ),
          '[]'
        )
        order by s.place
      ),
      '{}'
    )
  from jsonb_array_elements(p_steps) with ordinality as s (value, place)
  where s.value ->> 'step' is not null
$function$;

comment on function noetl_internal.step_graph(jsonb) is 'Where each step can lead.';
