-- Arcs that can never fire, because an exclusive step never gets past an arc without a condition.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_arcs(p_steps jsonb)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from jsonb_array_elements(p_steps) as s (step)
    cross join lateral (
      select
        a.value as arc,
        bool_or(a.value -> 'when' = 'null') over (
          order by a.place rows between unbounded preceding and 1 preceding
        ) as is_dead
      from jsonb_array_elements(s.step #> '{next,arcs}') with ordinality as a (value, place)
      where a.value -> 'on' = 'null'
    ) as a
    cross join lateral noetl_internal.make_problem(
      'info', a.arc ->> 'at', 'this arc can never fire: an arc before it has no condition',
      'Put the arc without a condition last, or use mode: inclusive.'
    ) as p
    where s.step #>> '{next,mode}' = 'exclusive' and a.is_dead;
end;
$function$;

comment on function noetl_internal.check_arcs(jsonb) is 'Arcs that can never fire.';
