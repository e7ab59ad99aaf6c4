-- Parse a test after "is": a name, perhaps negated, with arguments in brackets or one without.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_test(
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
  v_is_negated boolean := p_tokens -> p_at ->> 0 = 'not';
  v_name jsonb;
  v_arguments jsonb := '[]'::jsonb;
begin
  next := p_at + v_is_negated::integer;
  v_name := p_tokens -> next;
  if v_name ->> 0 not in ('name', 'in') then
    perform noetl_internal.raise_unexpected(p_source, v_name, 'a test''s name');
  end if;
  next := next + 1;
  if p_tokens -> next ->> 0 = '(' then
    select p.arguments, p.next into v_arguments, next
    from noetl_internal.parse_arguments(p_source, p_tokens, next + 1) as p;
  elsif p_tokens -> next ->> 0 in ('name', 'string', 'int', 'float', '[', '{') then
    select jsonb_build_array(jsonb_build_array(null, p.node)), p.next into v_arguments, next
    from noetl_internal.parse_operand(p_source, p_tokens, next, false) as p;
  elsif p_tokens -> next ->> 0 = 'is' then
    perform noetl_internal.raise_unexpected(p_source, p_tokens -> next, 'the end of the test');
  end if;
  node := noetl_internal.build_test(
    p_source, (v_name ->> 2)::integer, v_name ->> 1, p_base, v_arguments
  );
  if v_is_negated then
    node := jsonb_build_array('not', node);
  end if;
end;
$function$;

comment on function noetl_internal.parse_test(text, jsonb, integer, jsonb)
  is 'Parse a test after "is": a name, perhaps negated, with arguments in brackets or one '
    'without.';
revoke all on function noetl_internal.parse_test(text, jsonb, integer, jsonb) from public;
