-- The tokens that wait at joins, each with the split it waits for, its nesting depth, and the steps
-- from which the join can still be reached.
create or replace function noetl_internal.join_arrivals(
  p_execution_id bigint,
  p_catalog_id bigint
)
returns table (
  token_id integer,
  step text,
  split_id integer,
  depth integer,
  reached_from text []
)
language sql stable
as $function$
  select t.token_id, t.step, t.split_ids[d.depth], d.depth, j.reached_from
  from noetl.token as t
  inner join noetl.catalog_step as s on s.catalog_id = p_catalog_id and s.step = t.step
  cross join lateral (
    select
      array(select jsonb_array_elements_text(s.definition -> 'join' -> 'splits')) as splits,
      array(select jsonb_array_elements_text(s.definition -> 'join' -> 'from')) as reached_from
  ) as j
  cross join lateral (
    select min(p.place)::integer as depth
    from unnest(t.split_steps) with ordinality as p (split_step, place)
    where p.split_step = any(j.splits)
  ) as d
  where t.execution_id = p_execution_id and t.status = 'waiting_join'
$function$;

comment on function noetl_internal.join_arrivals(bigint, bigint)
is 'The tokens that wait at joins, each with the split it waits for.';
