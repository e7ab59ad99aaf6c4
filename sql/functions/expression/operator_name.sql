-- Name of a binary operator in the tree.
-- Locks: none. Never raises.
create or replace function noetl_internal.operator_name(p_kind text)
returns text
language sql immutable parallel safe
as $function$
  select coalesce(
    '{"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "not": "notin",
      "+": "add", "-": "sub", "~": "cat", "*": "mul", "/": "div", "//": "floordiv", "%": "mod",
      "**": "pow"}'::jsonb ->> p_kind,
    p_kind
  )
$function$;

comment on function noetl_internal.operator_name(text)
  is 'Name of a binary operator in the tree.';
revoke all on function noetl_internal.operator_name(text) from public;
