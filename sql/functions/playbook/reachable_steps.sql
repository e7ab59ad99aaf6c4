-- The given steps and all that can be reached from them.
-- Locks: none. Never raises.
create or replace function noetl_internal.reachable_steps(
  p_graph jsonb,
  p_from text []
)
returns setof text
language plpgsql immutable parallel safe
as $function$
begin
  return query
    with recursive reached as (
      select f.step from unnest(p_from) as f (step)
      union
      select t.step
      from reached as r
      cross join lateral jsonb_array_elements_text(p_graph -> r.step) as t (step)
    )

    select r.step from reached as r;
end;
$function$;

comment on function noetl_internal.reachable_steps(jsonb, text [])
is 'The given steps and all that can be reached from them.';
