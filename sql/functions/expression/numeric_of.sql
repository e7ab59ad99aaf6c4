-- Number of a JSON number or boolean.
-- Locks: none. Raises: PostgreSQL's error for anything else; callers check.
create or replace function noetl_internal.numeric_of(p_value jsonb)
returns numeric
language sql immutable parallel safe
as $function$
  select case p_value when 'true' then 1 when 'false' then 0 else p_value::numeric end
$function$;

comment on function noetl_internal.numeric_of(jsonb)
  is 'Number of a JSON number or boolean.';
revoke all on function noetl_internal.numeric_of(jsonb) from public;
