-- Complain that the value of a node is undefined, naming the variable.
-- Locks: none. Raises: NE461 always.
create or replace function noetl_internal.raise_undefined(p_node jsonb)
returns void
language plpgsql immutable parallel safe
as $function$
begin
  raise exception '% is undefined', noetl_internal.describe_node(p_node) using
    errcode = 'NE461', hint = 'Give it a value, or a default: {{ name | default(...) }}.';
end;
$function$;

comment on function noetl_internal.raise_undefined(jsonb)
  is 'Complain that the value of a node is undefined, naming the variable.';
revoke all on function noetl_internal.raise_undefined(jsonb) from public;
