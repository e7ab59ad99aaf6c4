-- Writes without their places in the document.
-- Locks: none. Never raises.
create or replace function noetl_internal.strip_set_places(p_sets jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select coalesce(jsonb_agg(s.value - 'at' order by s.place), '[]')
    from jsonb_array_elements(p_sets) with ordinality as s (value, place)
  );
end;
$function$;

comment on function noetl_internal.strip_set_places(jsonb)
is 'Writes without their places in the document.';
