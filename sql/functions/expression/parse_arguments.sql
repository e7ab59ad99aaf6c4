-- Parse the arguments after "(" of a filter or test: [[name or null, node], …].
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_arguments(
  p_source text,
  p_tokens jsonb,
  p_at integer,
  out arguments jsonb,
  out next integer
)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
declare
  v_name text;
  v_node jsonb;
begin
  arguments := '[]';
  next := p_at;
  while p_tokens -> next ->> 0 <> ')' loop
    v_name := null;
    if p_tokens -> next ->> 0 = 'name' and p_tokens -> (next + 1) ->> 0 = '=' then
      v_name := p_tokens -> next ->> 1;
      next := next + 2;
    end if;
    select p.node, p.next into v_node, next
    from noetl_internal.parse_expression(p_source, p_tokens, next) as p;
    arguments := arguments || jsonb_build_array(jsonb_build_array(v_name, v_node));
    exit when p_tokens -> next ->> 0 = ')';
    if p_tokens -> next ->> 0 <> ',' then
      perform noetl_internal.raise_unexpected(p_source, p_tokens -> next, '"," or ")"');
    end if;
    next := next + 1;
  end loop;
  next := next + 1;
end;
$function$;

comment on function noetl_internal.parse_arguments(text, jsonb, integer)
  is 'Parse the arguments after "(" of a filter or test: [[name or null, node], …].';
revoke all on function noetl_internal.parse_arguments(text, jsonb, integer) from public;
