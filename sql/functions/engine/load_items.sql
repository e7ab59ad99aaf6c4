-- The items p_first … p_first + p_count - 1 of a loop's collection.
create or replace function noetl_internal.load_items(
  p_execution_id bigint,
  p_loop_id bigint,
  p_first integer,
  p_count integer
)
returns table (iter_index integer, item jsonb)
language sql stable
as $function$
  select (c.first_index + i.place - 1)::integer, i.value
  from noetl.collection_chunk as c
  cross join lateral jsonb_array_elements(c.items) with ordinality as i (value, place)
  where
    c.execution_id = p_execution_id
    and c.loop_id = p_loop_id
    and c.first_index < p_first + p_count
    and c.first_index > p_first - 1000
    and c.first_index + i.place - 1 between p_first and p_first + p_count - 1
$function$;

comment on function noetl_internal.load_items(bigint, bigint, integer, integer)
is 'A range of the items of a loop''s collection.';
