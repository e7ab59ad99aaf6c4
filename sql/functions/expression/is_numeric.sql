-- Whether a value computes as a number: numbers and booleans.
-- Locks: none. Never raises.
create or replace function noetl_internal.is_numeric(p_value jsonb)
returns boolean
language sql immutable parallel safe
as $function$
  select jsonb_typeof(p_value) in ('number', 'boolean')
$function$;

comment on function noetl_internal.is_numeric(jsonb)
  is 'Whether a value computes as a number: numbers and booleans.';
revoke all on function noetl_internal.is_numeric(jsonb) from public;
