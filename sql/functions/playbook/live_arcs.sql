-- The arcs of a step that can fire when it ends: an exclusive step never gets past an arc without a
-- condition.
-- Locks: none. Never raises.
create or replace function noetl_internal.live_arcs(p_next jsonb)
returns table (step text, is_certain boolean)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
begin
  return query
    select a.arc ->> 'step', a.arc -> 'when' = 'null'
    from (
      select
        e.value as arc,
        bool_or(e.value -> 'when' = 'null') over (
          order by e.place rows between unbounded preceding and 1 preceding
        ) as is_past_certain
      from jsonb_array_elements(p_next -> 'arcs') with ordinality as e (value, place)
      where e.value -> 'on' = 'null'
    ) as a
    where p_next ->> 'mode' = 'inclusive' or a.is_past_certain is not true;
end;
$function$;

comment on function noetl_internal.live_arcs(jsonb)
is 'The arcs of a step that can fire when it ends.';
