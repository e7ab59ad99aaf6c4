-- Parse a literal, a name, a parenthesis, a list, a mapping, or one of the few calls.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_primary(
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
  v_kind text := p_tokens -> p_at ->> 0;
  v_text text := p_tokens -> p_at ->> 1;
begin
  next := p_at + 1;
  if v_kind = 'name' then
    if v_text in ('true', 'True', 'false', 'False') then
      node := to_jsonb(lower(v_text) = 'true');
    elsif v_text in ('none', 'None') then
      node := 'null';
    elsif v_text in ('now', 'range') and p_tokens -> next ->> 0 = '(' then
      select p.node, p.next into node, next
      from noetl_internal.parse_call(p_source, p_tokens, p_at) as p;
    else
      node := jsonb_build_array('path', array[v_text]::text);
    end if;
  elsif v_kind = 'string' then
    v_text := noetl_internal.decode_string(p_source, (p_tokens -> p_at ->> 2)::integer, v_text);
    while p_tokens -> next ->> 0 = 'string' loop
      v_text := v_text || noetl_internal.decode_string(
        p_source, (p_tokens -> next ->> 2)::integer, p_tokens -> next ->> 1
      );
      next := next + 1;
    end loop;
    node := to_jsonb(v_text);
  elsif v_kind in ('int', 'float') then
    node := noetl_internal.decode_number(p_source, p_tokens -> p_at);
  elsif v_kind = '(' then
    select p.node, p.next into node, next
    from noetl_internal.parse_items(p_source, p_tokens, next, ')') as p;
    -- (a) is a; (a,) and () are lists
    if jsonb_array_length(node) = 2 and p_tokens -> (next - 2) ->> 0 <> ',' then
      node := node -> 1;
    end if;
  elsif v_kind = '[' then
    select p.node, p.next into node, next
    from noetl_internal.parse_items(p_source, p_tokens, next, ']') as p;
    if not jsonb_path_exists(node, 'strict $[*] ? (@.type() == "array")') then
      node := jsonb_build_array('const', node - 0);  -- not built again at each evaluation
    end if;
  elsif v_kind = '{' then
    select p.node, p.next into node, next
    from noetl_internal.parse_mapping(p_source, p_tokens, next) as p;
  else
    perform noetl_internal.raise_unexpected(p_source, p_tokens -> p_at, 'a value');
  end if;
end;
$function$;

comment on function noetl_internal.parse_primary(text, jsonb, integer)
  is 'Parse a literal, a name, a parenthesis, a list, a mapping, or one of the few calls.';
revoke all on function noetl_internal.parse_primary(text, jsonb, integer) from public;
