-- Value of a < b < c: pairs from left to right, each operand once, until one is false.
-- Locks: none. Raises: NE461 (not when lenient), NE462, NE463, NE464.
create or replace function noetl_internal.evaluate_chain(
  p_node jsonb,
  p_names jsonb,
  p_views jsonb,
  p_lenient boolean
)
returns jsonb
language plpgsql stable parallel safe
as $function$
declare
  v_left jsonb := noetl_internal.evaluate_node(p_node -> 1, p_names, p_views, p_lenient);
  v_right jsonb;
  v_holds boolean := true;
begin
  for i in 2..jsonb_array_length(p_node) - 1 by 2 loop
    v_right := noetl_internal.evaluate_node(p_node -> (i + 1), p_names, p_views, p_lenient);
    if v_left is null or v_right is null then
      if not p_lenient then
        perform noetl_internal.raise_undefined(p_node -> case when v_left is null then i - 1
          else i + 1 end);
      end if;
      v_holds := p_node ->> i in ('ne', 'notin');
    else
      v_holds := noetl_internal.compare_values(p_node ->> i, v_left, v_right);
    end if;
    exit when not v_holds;
    v_left := v_right;
  end loop;
  return to_jsonb(v_holds);
end;
$function$;

comment on function noetl_internal.evaluate_chain(jsonb, jsonb, jsonb, boolean)
  is 'Value of a < b < c: pairs from left to right, each operand once, until one is false.';
revoke all on function noetl_internal.evaluate_chain(jsonb, jsonb, jsonb, boolean) from public;
