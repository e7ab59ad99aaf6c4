-- Parse a filter's name and arguments after "|" and build its node.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_filter(
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
  v_at integer := (p_tokens -> p_at ->> 2)::integer;
  v_arguments jsonb := '[]'::jsonb;
  v_name text := p_tokens -> p_at ->> 1;
begin
  if p_tokens -> p_at ->> 0 <> 'name' then
    perform noetl_internal.raise_unexpected(p_source, p_tokens -> p_at, 'a filter''s name');
  end if;
  next := p_at + 1;
  if p_tokens -> next ->> 0 = '(' then
    select p.arguments, p.next into v_arguments, next
    from noetl_internal.parse_arguments(p_source, p_tokens, next + 1) as p;
  end if;
  v_name := case v_name when 'd' then 'default' when 'count' then 'length' else v_name end;
  if v_name = 'map' then
    node := noetl_internal.build_map(p_source, v_at, p_base, v_arguments);
  elsif v_name in ('select', 'reject', 'selectattr', 'rejectattr') then
    node := noetl_internal.build_select(p_source, v_at, v_name, p_base, v_arguments);
  else
    node := noetl_internal.build_filter(p_source, v_at, v_name, p_base, v_arguments);
  end if;
end;
$function$;

comment on function noetl_internal.parse_filter(text, jsonb, integer, jsonb)
  is 'Parse a filter''s name and arguments after "|" and build its node.';
revoke all on function noetl_internal.parse_filter(text, jsonb, integer, jsonb) from public;
