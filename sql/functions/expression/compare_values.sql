-- Whether two defined values compare as p_operator says (eq ne lt le gt ge in notin), as in Python.
-- Locks: none. Raises: NE462 when they cannot be compared.
create or replace function noetl_internal.compare_values(
  p_operator text,
  p_left jsonb,
  p_right jsonb
)
returns boolean
language plpgsql immutable parallel safe
as $function$
declare
  v_order integer;
begin
  if p_operator in ('eq', 'ne') then
    return noetl_internal.is_equal(p_left, p_right) = (p_operator = 'eq');
  elsif p_operator in ('in', 'notin') then
    return noetl_internal.is_contained(p_left, p_right) = (p_operator = 'in');
  end if;
  v_order := noetl_internal.order_values(p_left, p_right, p_operator);
  return case p_operator
    when 'lt' then v_order < 0
    when 'le' then v_order <= 0
    when 'gt' then v_order > 0
    else v_order >= 0
  end;
end;
$function$;

comment on function noetl_internal.compare_values(text, jsonb, jsonb)
  is 'Whether two defined values compare as p_operator says (eq ne lt le gt ge in notin), as '
    'in Python.';
revoke all on function noetl_internal.compare_values(text, jsonb, jsonb) from public;
