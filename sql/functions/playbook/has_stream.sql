-- Whether an arc of a step takes up the chunks of its tool.
-- Locks: none. Never raises.
create or replace function noetl_internal.has_stream(p_next jsonb)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return exists (
    select from noetl_internal.list_arcs(p_next, '') as a where a.arc ->> 'on' = 'call.partial'
  );
end;
$function$;

comment on function noetl_internal.has_stream(jsonb)
is 'Whether an arc of a step takes up the chunks of its tool.';
