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
returns jsonb []
language plpgsql stable
as $function$
declare
  v_arc jsonb;
  v_chosen jsonb [] := array[]::jsonb [];
begin
  -- One after the other, because an exclusive split must not evaluate what follows the match, and
  -- by number, because a query of them costs more than most conditions; bounded by the document.
  for v_at in 0..coalesce(jsonb_array_length(p_next -> 'arcs'), 0) - 1 loop
    v_arc := p_next -> 'arcs' -> v_at;
    continue when
      v_arc ->> 'on' = 'call.partial'
      or v_arc ->> 'when' is null and p_locals #>> '{event,name}' = 'call.error';
    if noetl_internal.is_true(
      p_execution_id, v_arc -> 'when', p_locals, p_step, format('next.arcs[%s].when', v_at)
    ) then
      v_chosen := v_chosen || v_arc;
      exit when p_next ->> 'mode' <> 'inclusive';
    end if;
  end loop;
  return v_chosen;
end;
$function$;

comment on function noetl_internal.choose_arcs(bigint, jsonb, jsonb, text)
is 'The arcs of a finished step that fire.';
