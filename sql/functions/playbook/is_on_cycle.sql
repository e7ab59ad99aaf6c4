-- Whether a step can be reached from itself.
-- Locks: none. Never raises.
create or replace function noetl_internal.is_on_cycle(
  p_graph jsonb,
  p_step text
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select p_step in (
      select noetl_internal.reachable_steps(
        p_graph, array(select jsonb_array_elements_text(p_graph -> p_step))
      )
    )
  );
end;
$function$;

comment on function noetl_internal.is_on_cycle(jsonb, text)
is 'Whether a step can be reached from itself.';
