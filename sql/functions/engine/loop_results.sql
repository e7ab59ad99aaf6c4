-- The payloads of p_count of a loop's items after the first p_first, in item order; null for a
-- failed item.
-- Raises: NE464 when an item's payload is outside the database.
create or replace function noetl_internal.loop_results(
  p_execution_id bigint,
  p_loop_id bigint,
  p_first integer,
  p_count integer
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_range record := noetl_internal.result_range(p_execution_id, p_loop_id, p_first, p_count);
  v_results jsonb;
  v_hidden text;
begin
  select
    coalesce(
      jsonb_agg(
        coalesce(p.payload, i.result -> 'context' -> 'data', 'null')
        order by i.current_index
      ),
      '[]'
    ),
    min(i.result -> 'reference' ->> 'ref')
    filter (where i.result -> 'reference' ->> 'store' <> 'db')
  into v_results, v_hidden
  from noetl.event as i
  left join noetl.result_payload as p
    on
      p.execution_id = i.execution_id
      and p.ref_id = noetl_internal.ref_id_of(i.result -> 'reference' ->> 'ref')
  where
    i.execution_id = p_execution_id
    and i.meta ->> 'loop_id' = p_loop_id::text
    and i.meta ? 'loop_id'
    and i.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')
    and i.meta -> 'final' is distinct from 'false'
    and (i.status = 'ok' or i.event_id > v_range.retried_at)
    and i.current_index between v_range.first_index and v_range.last_index;
  if v_hidden is not null then
    raise exception 'results of loop % are stored where sql cannot see them', p_loop_id using
      errcode = 'NE464',
      hint = 'Name the fields you need in output_select, or read the results in a tool.';
  end if;
  return v_results;
end;
$function$;

comment on function noetl_internal.loop_results(bigint, bigint, integer, integer)
is 'The payloads of a range of a loop''s items, in item order.';
