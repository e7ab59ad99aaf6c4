-- Parse the rest of {key: value, …}: [dict, key, value, …].
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_mapping(
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
  v_key jsonb;
  v_value jsonb;
begin
  node := '["dict"]';
  next := p_at;
  while p_tokens -> next ->> 0 <> '}' loop
    select p.node, p.next into v_key, next
    from noetl_internal.parse_expression(p_source, p_tokens, next) as p;
    if p_tokens -> next ->> 0 <> ':' then
      perform noetl_internal.raise_unexpected(p_source, p_tokens -> next, '":"');
    end if;
    select p.node, p.next into v_value, next
    from noetl_internal.parse_expression(p_source, p_tokens, next + 1) as p;
    node := node || jsonb_build_array(v_key, v_value);
    exit when p_tokens -> next ->> 0 = '}';
    if p_tokens -> next ->> 0 <> ',' then
      perform noetl_internal.raise_unexpected(p_source, p_tokens -> next, '"," or "}"');
    end if;
    next := next + 1;
  end loop;
  next := next + 1;
end;
$function$;

comment on function noetl_internal.parse_mapping(text, jsonb, integer)
  is 'Parse the rest of {key: value, …}: [dict, key, value, …].';
revoke all on function noetl_internal.parse_mapping(text, jsonb, integer) from public;
