-- Value of a compiled template; null when it is undefined as a whole.
-- Locks: none. Raises: NE461 undefined, NE462 wrong value, NE463 too large, NE464 payload not in
-- the database.
create or replace function noetl_internal.evaluate_template(
  p_node jsonb,
  p_names jsonb,
  p_views jsonb default '{}'
)
returns jsonb
language plpgsql stable parallel safe
as $function$
begin
  return noetl_internal.evaluate_node(p_node, p_names, p_views, false);
end;
$function$;

comment on function noetl_internal.evaluate_template(jsonb, jsonb, jsonb)
  is 'Value of a compiled template; null when it is undefined as a whole.';
revoke all on function noetl_internal.evaluate_template(jsonb, jsonb, jsonb) from public;
