-- The results of p_count of a loop's items after the first p_first, in item order: {"items":
-- payloads, null for a failed item; "refs": {place in items: reference} of those that lie outside
-- the database, whose place holds what their events tell of them}.
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
begin
  return (
    select
      jsonb_build_object(
        'items', coalesce(jsonb_agg(r.payload order by r.place), '[]'),
        'refs', coalesce(
          jsonb_object_agg(r.place - 1, r.reference) filter (where r.reference is not null), '{}'
        )
      )
    from (
      select
        coalesce(p.payload, i.result -> 'context' -> 'data', 'null') as payload,
        case when p.ref_id is null then nullif(i.result -> 'reference', 'null') end as reference,
        row_number() over (order by i.current_index) as place
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
        and i.current_index between v_range.first_index and v_range.last_index
    ) as r
  );
end;
$function$;

comment on function noetl_internal.loop_results(bigint, bigint, integer, integer)
is 'The results of a range of a loop''s items, in item order.';
