-- How a message calls a value that it refuses: its type, and itself when short.
-- Locks: none. Never raises.
create or replace function noetl_internal.describe_value(p_value jsonb)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      case jsonb_typeof(p_value)
        when 'null' then 'nothing (null)'
        when 'object' then 'a mapping'
        when 'array' then 'a list'
        when 'string' then 'the string ' || left(p_value::text, 60)
        else left(p_value::text, 60)
      end
  );
end;
$function$;

comment on function noetl_internal.describe_value(jsonb)
is 'How a message calls a value that it refuses.';
