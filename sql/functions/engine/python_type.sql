-- What playbook authors call the type of a JSON value.
create or replace function noetl_internal.python_type(p_value jsonb)
returns text
language sql immutable parallel safe
as $function$
  select
    case jsonb_typeof(p_value)
      when 'object' then 'mapping'
      when 'array' then 'list'
      when 'null' then 'null'
      else jsonb_typeof(p_value)
    end
$function$;

comment on function noetl_internal.python_type(jsonb)
is 'What playbook authors call the type of a JSON value.';
