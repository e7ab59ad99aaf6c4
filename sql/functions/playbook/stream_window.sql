-- How many chunks an arc lets be at work at once: one, or in mode parallel as many as it says, else
-- as many as a parallel loop.
-- Locks: none. Never raises.
create or replace function noetl_internal.stream_window(p_spec jsonb)
returns jsonb
language sql immutable parallel safe
as $function$
  select
    case
      when p_spec ->> 'mode' = 'parallel' then coalesce(p_spec -> 'max_in_flight', '10') else '1'
    end
$function$;

comment on function noetl_internal.stream_window(jsonb)
is 'How many chunks an arc lets be at work at once.';
