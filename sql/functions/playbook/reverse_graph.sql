-- The graph with every edge turned round.
-- Locks: none. Never raises.
create or replace function noetl_internal.reverse_graph(p_graph jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select coalesce(jsonb_object_agg(r.target, r.origins), '{}')
    from (
      select t.target, jsonb_agg(g.key order by g.key) as origins
      from jsonb_each(p_graph) as g
      cross join lateral jsonb_array_elements_text(g.value) as t (target)
      group by t.target
    ) as r
  );
end;
$function$;

comment on function noetl_internal.reverse_graph(jsonb) is
'The graph with every edge turned round.';
