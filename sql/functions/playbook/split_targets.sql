-- For each inclusive step, the steps that two different arcs of it can both reach.
-- Locks: none. Never raises.
create or replace function noetl_internal.split_targets(
  p_steps jsonb,
  p_graph jsonb
)
returns table (split text, step text)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
begin
  return query
    select s.value ->> 'step', r.step
    from jsonb_array_elements(p_steps) as s (value)
    cross join lateral (
      select distinct a.value ->> 'step' as target, a.place
      from jsonb_array_elements(s.value #> '{next,arcs}') with ordinality as a (value, place)
      where a.value -> 'on' = 'null' and a.value ->> 'step' is not null
    ) as a
    cross join lateral noetl_internal.reachable_steps(p_graph, array[a.target]) as r (step)
    where s.value #>> '{next,mode}' = 'inclusive'
    group by s.value ->> 'step', r.step
    having count(*) > 1;
end;
$function$;

comment on function noetl_internal.split_targets(jsonb, jsonb)
is 'For each inclusive step, the steps that two different arcs of it can both reach.';
