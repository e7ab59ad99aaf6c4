-- Truth of a value as in Python: empty, zero, null and undefined are false.
-- Locks: none. Never raises.
create or replace function noetl_internal.is_truthy(p_value jsonb)
returns boolean
language sql immutable parallel safe
as $function$
  select coalesce(p_value not in ('false', 'null', '0', '""', '[]', '{}'), false)
$function$;

comment on function noetl_internal.is_truthy(jsonb)
  is 'Truth of a value as in Python: empty, zero, null and undefined are false.';
revoke all on function noetl_internal.is_truthy(jsonb) from public;
