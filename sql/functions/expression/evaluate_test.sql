-- Value of "x is test": only defined and undefined look at what is not there, other tests are
-- false.
-- Locks: none. Raises: NE461 (not when lenient), NE462, NE463, NE464.
create or replace function noetl_internal.evaluate_test(
  p_node jsonb,
  p_names jsonb,
  p_views jsonb,
  p_lenient boolean
)
returns jsonb
language plpgsql stable parallel safe
as $function$
declare
  v_name text := p_node ->> 2;
  v_value jsonb;
  v_argument jsonb;
begin
  if v_name in ('defined', 'undefined') and p_node -> 1 ->> 0 = 'path'
    and p_views ? trim('{}' from p_node -> 1 ->> 1)
  then
    return to_jsonb(v_name = 'defined');  -- a result is there, wherever its payload is
  end if;
  v_value := noetl_internal.evaluate_node(p_node -> 1, p_names, p_views, p_lenient);
  if v_name in ('defined', 'undefined') then
    return to_jsonb((v_value is not null) = (v_name = 'defined'));
  elsif jsonb_array_length(p_node) > 3 then
    v_argument := noetl_internal.evaluate_node(p_node -> 3, p_names, p_views, p_lenient);
  end if;
  if v_value is null or (v_argument is null and jsonb_array_length(p_node) > 3) then
    if not p_lenient then
      perform noetl_internal.raise_undefined(p_node -> case when v_value is null then 1 else 3 end);
    end if;
    return to_jsonb(v_name = 'ne');
  end if;
  return to_jsonb(noetl_internal.apply_test(v_name, v_value, v_argument));
end;
$function$;

comment on function noetl_internal.evaluate_test(jsonb, jsonb, jsonb, boolean)
  is 'Value of "x is test": only defined and undefined look at what is not there, other tests '
    'are';
revoke all on function noetl_internal.evaluate_test(jsonb, jsonb, jsonb, boolean) from public;
