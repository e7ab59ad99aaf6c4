-- Parse one operand: signs, a primary, and what follows it (attributes, indexes, filters, tests).
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_operand(
  p_source text,
  p_tokens jsonb,
  p_at integer,
  p_filters boolean,
  out node jsonb,
  out next integer
)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
declare
  v_kind text := p_tokens -> p_at ->> 0;
begin
  if v_kind in ('-', '+') then
    select p.node, p.next into node, next
    from noetl_internal.parse_operand(p_source, p_tokens, p_at + 1, false) as p;
    if jsonb_typeof(node) = 'number' then
      node := case when v_kind = '-' and node <> '0' then to_jsonb(-node::numeric) else node end;
    else
      node := jsonb_build_array(case v_kind when '-' then 'neg' else 'pos' end, node);
    end if;
  else
    select p.node, p.next into node, next
    from noetl_internal.parse_primary(p_source, p_tokens, p_at) as p;
  end if;
  while p_tokens -> next ->> 0 in ('.', '[') loop
    select p.node, p.next into node, next
    from noetl_internal.parse_subscript(p_source, p_tokens, next, node) as p;
  end loop;
  while p_filters and p_tokens -> next ->> 0 in ('|', 'is') loop
    if p_tokens -> next ->> 0 = '|' then
      select p.node, p.next into node, next
      from noetl_internal.parse_filter(p_source, p_tokens, next + 1, node) as p;
    else
      select p.node, p.next into node, next
      from noetl_internal.parse_test(p_source, p_tokens, next + 1, node) as p;
    end if;
    if p_tokens -> next ->> 0 in ('.', '[') then
      perform noetl_internal.raise_syntax(
        p_source, (p_tokens -> next ->> 2)::integer,
        format('unexpected "%s" after a filter', p_tokens -> next ->> 0),
        'Put the filtered value in parentheses: (x | first).name.'
      );
    end if;
  end loop;
  if p_tokens -> next ->> 0 = '(' then
    perform noetl_internal.raise_call(p_source, p_tokens, next);
  end if;
end;
$function$;

comment on function noetl_internal.parse_operand(text, jsonb, integer, boolean)
  is 'Parse one operand: signs, a primary, and what follows it (attributes, indexes, filters, '
    'tests).';
revoke all on function noetl_internal.parse_operand(text, jsonb, integer, boolean) from public;
