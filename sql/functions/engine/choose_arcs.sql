-- The arcs of a finished step that fire: the first that matches (exclusive) or every one
-- (inclusive), in order. An arc without a condition takes up no failure: going on after one must be
-- asked for.
-- Raises: NE462 … NE464 of the first condition that cannot be evaluated.
create or replace function noetl_internal.choose_arcs(
  p_execution_id bigint,
  p_next jsonb,
  p_locals jsonb,
  p_step text
)
returns setof jsonb
language plpgsql stable
as $function$
declare
  v_arc jsonb;
begin
  -- A row loop, because an exclusive split must not evaluate what follows the match; bounded by the
  -- document.
  for v_arc in
    select a.value
    from jsonb_array_elements(coalesce(p_next -> 'arcs', '[]')) with ordinality as a (value, place)
    where
      coalesce(a.value ->> 'on', '') <> 'call.partial'
      and (a.value ->> 'when' is not null or p_locals #>> '{event,name}' <> 'call.error')
    order by a.place
  loop
    if noetl_internal.is_true(p_execution_id, v_arc -> 'when', p_locals, p_step) then
      return next v_arc;
      exit when p_next ->> 'mode' <> 'inclusive';
    end if;
  end loop;
end;
$function$;

comment on function noetl_internal.choose_arcs(bigint, jsonb, jsonb, text)
is 'The arcs of a finished step that fire.';
