-- Where each step can lead: {step: [step, …]}. Steps that share a name (an error) are one.
-- Locks: none. Never raises.
create or replace function noetl_internal.step_graph(p_steps jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select coalesce(jsonb_object_agg(g.step, g.targets), '{}')
    from (
      select
        s.value ->> 'step' as step,
        coalesce(
          jsonb_agg(distinct a.target) filter (where jsonb_typeof(a.target) = 'string'), '[]'
        ) as targets
      from jsonb_array_elements(p_steps) as s (value)
      left join lateral jsonb_path_query(s.value, '$.next.arcs[*].step') as a (target) on true
      where s.value ->> 'step' is not null
      group by s.value ->> 'step'
    ) as g
  );
end;
$function$;

comment on function noetl_internal.step_graph(jsonb) is 'Where each step can lead.';
