-- Tree of an expression written without braces.
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.compile_bare(p_text text)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := regexp_replace(p_text, E'\r\n?', E'\n', 'g');
  v_tokens jsonb := noetl_internal.read_tokens(v_text, 1, false);
  v_node jsonb;
  v_next integer;
begin
  select p.node, p.next into v_node, v_next
  from noetl_internal.parse_expression(v_text, v_tokens, 0) as p;
  if v_tokens -> v_next ->> 0 <> 'end' then
    perform noetl_internal.raise_unexpected(v_text, v_tokens -> v_next, 'an operator or the end');
  end if;
  return v_node;
end;
$function$;

comment on function noetl_internal.compile_bare(text)
  is 'Tree of an expression written without braces.';
revoke all on function noetl_internal.compile_bare(text) from public;
