-- Words for a node in a message: the variable it reads, else what kind of expression it is.
-- Locks: none. Never raises.
create or replace function noetl_internal.describe_node(p_node jsonb)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  if jsonb_typeof(p_node) <> 'array' then
    return p_node::text;
  end if;
  return case
    when p_node ->> 0 = 'path' then format('"%s"', array_to_string((p_node ->> 1)::text[], '.'))
    when p_node ->> 0 in ('get', 'item')
      then format('%s[%s]', noetl_internal.describe_node(p_node -> 1),
        noetl_internal.describe_node(p_node -> 2))
    when p_node ->> 0 = 'filter'
      then format('%s | %s', noetl_internal.describe_node(p_node -> 2), p_node ->> 1)
    when p_node ->> 0 = 'if' then 'an "if" without "else"'
    else format('the value of a "%s" expression', p_node ->> 0)
  end;
end;
$function$;

comment on function noetl_internal.describe_node(jsonb)
  is 'Words for a node in a message: the variable it reads, else what kind of expression it '
    'is.';
revoke all on function noetl_internal.describe_node(jsonb) from public;
