-- Python's name of a value's type, for messages.
-- Locks: none. Never raises.
create or replace function noetl_internal.type_name(p_value jsonb)
returns text
language sql immutable parallel safe
as $function$
  select case jsonb_typeof(p_value)
    when 'object' then 'dict'
    when 'array' then 'list'
    when 'string' then 'str'
    when 'boolean' then 'bool'
    when 'null' then 'none'
    when 'number' then case when scale(p_value::numeric) = 0 then 'int' else 'float' end
  end
$function$;

comment on function noetl_internal.type_name(jsonb)
  is 'Python''s name of a value''s type, for messages.';
revoke all on function noetl_internal.type_name(jsonb) from public;
