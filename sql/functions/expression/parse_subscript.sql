-- Parse ".name", ".0", "[index]" or "[from:to:step]" after a value.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_subscript(
  p_source text,
  p_tokens jsonb,
  p_at integer,
  p_base jsonb,
  out node jsonb,
  out next integer
)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
declare
  v_key jsonb;
  v_parts jsonb[] := array[]::jsonb[];
begin
  next := p_at + 1;
  if p_tokens -> p_at ->> 0 = '.' then
    if p_tokens -> next ->> 0 = 'int' then
      v_key := noetl_internal.decode_number(p_source, p_tokens -> next);
    elsif p_tokens -> next ->> 1 ~ '^[^\W\d]|^[^\x01-\x7f]'
      and p_tokens -> next ->> 0 <> 'string' then
      v_key := p_tokens -> next -> 1;
    else
      perform noetl_internal.raise_unexpected(p_source, p_tokens -> next, 'an attribute name');
    end if;
    node := noetl_internal.build_subscript(p_base, v_key);
    next := next + 1;
    return;
  end if;
  loop
    v_key := null;
    if p_tokens -> next ->> 0 not in (':', ']') then
      select p.node, p.next into v_key, next
      from noetl_internal.parse_expression(p_source, p_tokens, next) as p;
    end if;
    v_parts := v_parts || coalesce(v_key, 'null');
    exit when p_tokens -> next ->> 0 <> ':' or cardinality(v_parts) = 3;
    next := next + 1;
  end loop;
  if p_tokens -> next ->> 0 <> ']' or (cardinality(v_parts) = 1 and v_key is null) then
    perform noetl_internal.raise_unexpected(p_source, p_tokens -> next, '"]"');
  end if;
  next := next + 1;
  node := case
    when cardinality(v_parts) = 1 then noetl_internal.build_subscript(p_base, v_key)
    else jsonb_build_array('slice', p_base, v_parts[1], v_parts[2], coalesce(v_parts[3], 'null'))
  end;
end;
$function$;

comment on function noetl_internal.parse_subscript(text, jsonb, integer, jsonb)
  is 'Parse ".name", ".0", "[index]" or "[from:to:step]" after a value.';
revoke all on function noetl_internal.parse_subscript(text, jsonb, integer, jsonb) from public;
