-- Store items of a loop's collection, from index p_first on, in chunks of 500. Storing a chunk
-- again changes nothing.
create or replace function noetl_internal.store_items(
  p_execution_id bigint,
  p_loop_id bigint,
  p_first integer,
  p_items jsonb
)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.collection_chunk (execution_id, loop_id, first_index, items)
  select
    p_execution_id, p_loop_id, p_first + (i.place - 1) / 500 * 500,
    jsonb_agg(i.value order by i.place)
  from jsonb_array_elements(p_items) with ordinality as i (value, place)
  group by (i.place - 1) / 500
  order by 3
  on conflict do nothing;
end;
$function$;

comment on function noetl_internal.store_items(bigint, bigint, integer, jsonb)
is 'Store items of a loop''s collection in chunks.';
