-- Parse expressions separated by commas up to a closing bracket: [list, a, b].
-- Locks: none. Raises: NE422.
create or replace function noetl_internal.parse_items(
  p_source text,
  p_tokens jsonb,
  p_at integer,
  p_close text,
  out node jsonb,
  out next integer
)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
declare
  v_item jsonb;
begin
  node := '["list"]';
  next := p_at;
  while p_tokens -> next ->> 0 <> p_close loop
    select p.node, p.next into v_item, next
    from noetl_internal.parse_expression(p_source, p_tokens, next) as p;
    node := node || jsonb_build_array(v_item);
    exit when p_tokens -> next ->> 0 = p_close;
    if p_tokens -> next ->> 0 <> ',' then
      perform noetl_internal.raise_unexpected(
        p_source, p_tokens -> next, format('"," or "%s"', p_close)
      );
    end if;
    next := next + 1;
  end loop;
  next := next + 1;
end;
$function$;

comment on function noetl_internal.parse_items(text, jsonb, integer, text)
  is 'Parse expressions separated by commas up to a closing bracket: [list, a, b].';
revoke all on function noetl_internal.parse_items(text, jsonb, integer, text) from public;
