-- Whether a compiled condition holds; what is undefined is unequal to everything and false.
-- Locks: none. Raises: NE462 wrong value, NE463 too large, NE464 payload not in the database.
create or replace function noetl_internal.evaluate_condition(
  p_node jsonb,
  p_names jsonb,
  p_views jsonb default '{}'
)
returns boolean
language plpgsql stable parallel safe
as $function$
begin
  return noetl_internal.is_truthy(noetl_internal.evaluate_node(p_node, p_names, p_views, true));
end;
$function$;

comment on function noetl_internal.evaluate_condition(jsonb, jsonb, jsonb)
  is 'Whether a compiled condition holds; what is undefined is unequal to everything and '
    'false.';
revoke all on function noetl_internal.evaluate_condition(jsonb, jsonb, jsonb) from public;
