-- What compilation answers for a tree: {"node", "names"}; a name read whole covers its attributes.
-- Locks: none. Never raises.
create or replace function noetl_internal.describe_tree(p_node jsonb)
returns jsonb
language sql immutable parallel safe
as $function$
  with name as (
    select distinct n.path from noetl_internal.collect_names(p_node) as n (path)
  )
  select jsonb_build_object('node', p_node, 'names', coalesce((
    select jsonb_agg(n.path order by (n.path ->> 0) collate "C", (n.path ->> 1) collate "C")
    from name as n
    where
      jsonb_array_length(n.path) = 1
      or not exists (select from name as w where w.path = jsonb_build_array(n.path -> 0))
  ), '[]'))
$function$;

comment on function noetl_internal.describe_tree(jsonb)
  is 'What compilation answers for a tree: {"node", "names"}; a name read whole covers its '
    'attributes.';
revoke all on function noetl_internal.describe_tree(jsonb) from public;
