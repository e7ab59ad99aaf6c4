-- The key under which a node holds its input.
-- Locks: none. Never raises.
create or replace function noetl_internal.input_key(p_node jsonb)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  return coalesce(noetl_internal.find_key(p_node, 'input', 'args'), 'input');
end;
$function$;

comment on function noetl_internal.input_key(jsonb)
is 'The key under which a node holds its input.';
