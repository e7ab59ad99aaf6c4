-- The value itself if it is a mapping, else an empty one: compilation goes on over what checks have
-- refused.
-- Locks: none. Never raises.
create or replace function noetl_internal.mapping_of(p_value jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return case when jsonb_typeof(p_value) = 'object' then p_value else '{}' end;
end;
$function$;

comment on function noetl_internal.mapping_of(jsonb)
is 'The value itself if it is a mapping, else an empty one.';
