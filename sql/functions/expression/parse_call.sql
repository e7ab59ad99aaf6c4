-- Parse now() or range(…), the calls that server-side expressions have.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_call(
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
  v_name text := p_tokens -> p_at ->> 1;
  v_count integer;
begin
  select p.node, p.next into node, next
  from noetl_internal.parse_items(p_source, p_tokens, p_at + 2, ')') as p;
  v_count := jsonb_array_length(node) - 1;
  if v_count not between 0 and 3 or (v_name = 'now') <> (v_count = 0) then
    perform noetl_internal.raise_syntax(
      p_source, (p_tokens -> p_at ->> 2)::integer,
      format('wrong number of arguments of %s()', v_name),
      'Write now(), range(stop), range(start, stop) or range(start, stop, step).'
    );
  end if;
  node := jsonb_set(node, '{0}', to_jsonb(v_name));
end;
$function$;

comment on function noetl_internal.parse_call(text, jsonb, integer)
  is 'Parse now() or range(…), the calls that server-side expressions have.';
revoke all on function noetl_internal.parse_call(text, jsonb, integer) from public;
