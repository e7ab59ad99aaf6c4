-- Parse a whole expression: operations joined by "a if c else b"; answers the node and the next
-- token.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_expression(
  p_source text,
  p_tokens jsonb,
  p_at integer,
  out node jsonb,
  out next integer
)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
declare
  v_condition jsonb;
  v_else jsonb;
begin
  select p.node, p.next into node, next
  from noetl_internal.parse_operation(p_source, p_tokens, p_at, 1) as p;
  while p_tokens -> next ->> 0 = 'if' loop
    select p.node, p.next into v_condition, next
    from noetl_internal.parse_operation(p_source, p_tokens, next + 1, 1) as p;
    if p_tokens -> next ->> 0 = 'else' then
      select p.node, p.next into v_else, next
      from noetl_internal.parse_expression(p_source, p_tokens, next + 1) as p;
      node := jsonb_build_array('if', v_condition, node, v_else);
    else
      node := jsonb_build_array('if', v_condition, node);
    end if;
  end loop;
end;
$function$;

comment on function noetl_internal.parse_expression(text, jsonb, integer)
  is 'Parse a whole expression: operations joined by "a if c else b"; answers the node and the'
    ' next';
revoke all on function noetl_internal.parse_expression(text, jsonb, integer) from public;
