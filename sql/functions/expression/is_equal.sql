-- Equality of values as in Python: 1 = 1.0 = true, also inside lists and mappings.
-- Locks: none. Never raises.
create or replace function noetl_internal.is_equal(
  p_left jsonb,
  p_right jsonb
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  if p_left = p_right then
    return true;
  elsif jsonb_typeof(p_left) <> jsonb_typeof(p_right) then
    return noetl_internal.is_numeric(p_left) and noetl_internal.is_numeric(p_right)
      and noetl_internal.numeric_of(p_left) = noetl_internal.numeric_of(p_right);
  elsif jsonb_typeof(p_left) = 'array' then
    return jsonb_array_length(p_left) = jsonb_array_length(p_right) and not exists (
      select from generate_series(0, jsonb_array_length(p_left) - 1) as i
      where not noetl_internal.is_equal(p_left -> i, p_right -> i)
    );
  elsif jsonb_typeof(p_left) = 'object' then
    return array(select jsonb_object_keys(p_left)) = array(select jsonb_object_keys(p_right))
      and not exists (
        select from jsonb_each(p_left) as m
        where not noetl_internal.is_equal(m.value, p_right -> m.key)
      );
  end if;
  return false;
end;
$function$;

comment on function noetl_internal.is_equal(jsonb, jsonb)
  is 'Equality of values as in Python: 1 = 1.0 = true, also inside lists and mappings.';
revoke all on function noetl_internal.is_equal(jsonb, jsonb) from public;
