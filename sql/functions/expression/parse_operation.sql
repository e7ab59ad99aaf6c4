-- Parse operands joined by binary operators that bind at least as strongly as p_level.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_operation(
  p_source text,
  p_tokens jsonb,
  p_at integer,
  p_level integer,
  out node jsonb,
  out next integer
)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
declare
  v_kind text;
  v_level integer;
  v_right jsonb;
  v_is_comparison boolean := false;
begin
  if p_tokens -> p_at ->> 0 = 'not' and p_level <= 3 then
    select jsonb_build_array('not', p.node), p.next into node, next
    from noetl_internal.parse_operation(p_source, p_tokens, p_at + 1, 3) as p;
  else
    select p.node, p.next into node, next
    from noetl_internal.parse_operand(p_source, p_tokens, p_at, true) as p;
  end if;
  loop
    v_kind := p_tokens -> next ->> 0;
    v_level := noetl_internal.operator_level(v_kind);
    exit when v_level is null or v_level < p_level;
    if v_kind = 'not' then
      exit when p_tokens -> (next + 1) ->> 0 <> 'in';
      next := next + 1;
    end if;
    select p.node, p.next into v_right, next
    from noetl_internal.parse_operation(p_source, p_tokens, next + 1, v_level + 1) as p;
    v_kind := noetl_internal.operator_name(v_kind);
    if v_level = 4 and v_is_comparison then
      -- a < b < c compares b once: [chain, a, lt, b, lt, c]
      if node ->> 0 <> 'chain' then
        node := jsonb_build_array('chain', node -> 1, node -> 0, node -> 2);
      end if;
      node := node || jsonb_build_array(v_kind, v_right);
    elsif v_kind in ('and', 'or', 'cat') and node ->> 0 = v_kind
      and jsonb_typeof(node) = 'array' then
      node := node || jsonb_build_array(v_right);
    else
      node := jsonb_build_array(v_kind, node, v_right);
    end if;
    v_is_comparison := v_level = 4;
  end loop;
end;
$function$;

comment on function noetl_internal.parse_operation(text, jsonb, integer, integer)
  is 'Parse operands joined by binary operators that bind at least as strongly as p_level.';
revoke all on function noetl_internal.parse_operation(text, jsonb, integer, integer) from public;
