-- All the writes of a node, whichever way they are spelled: [{"target", "value": raw, "at"}]. A
-- bare name belongs to p_scope, under set_iter to iter, under set_ctx to ctx.
-- Locks: none. Never raises.
create or replace function noetl_internal.collect_sets(
  p_node jsonb,
  p_at text,
  p_scope text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        jsonb_agg(
          jsonb_build_object(
            'target',
            case
              when e.key ~ '^(ctx|step|iter|local)\.' then e.key
              else s.scope || '.' || e.key
            end,
            'value', noetl_internal.modern_expression(e.value, false),
            'at', p_at || '.' || s.key || '.' || e.key
          )
          order by s.place, e.key
        ),
        '[]'
      )
    from (
      values (1, 'set', p_scope), (2, 'vars', p_scope), (3, 'set_ctx', 'ctx'),
      (4, 'set_iter', 'iter')
    ) as s (place, key, scope)
    cross join jsonb_each(noetl_internal.mapping_of(p_node -> s.key)) as e
  );
end;
$function$;

comment on function noetl_internal.collect_sets(jsonb, text, text)
is 'All the writes of a node, whichever way they are spelled.';
