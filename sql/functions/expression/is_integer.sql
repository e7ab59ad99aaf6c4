-- Whether a value is an integer as Python counts them: a number without a fraction, or a boolean.
-- Locks: none. Never raises.
create or replace function noetl_internal.is_integer(p_value jsonb)
returns boolean
language sql immutable parallel safe
as $function$
  select case jsonb_typeof(p_value)
    when 'number' then scale(p_value::numeric) = 0
    else jsonb_typeof(p_value) = 'boolean'
  end
$function$;

comment on function noetl_internal.is_integer(jsonb)
  is 'Whether a value is an integer as Python counts them: a number without a fraction, or a '
    'boolean.';
revoke all on function noetl_internal.is_integer(jsonb) from public;
