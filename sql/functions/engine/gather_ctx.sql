-- The ctx writes of a finished loop's items, merged in item order: the last item that writes a key
-- wins; {"writes", "conflicts": keys written with different values}. Null when a loop wrote none,
-- or wrote as it went (sequential).
create or replace function noetl_internal.gather_ctx(p_loop noetl.loop)
returns jsonb
language plpgsql stable
as $function$
declare
  v_writes jsonb;
  v_conflicts jsonb;
begin
  if not p_loop.has_ctx_writes or p_loop.mode = 'sequential' then
    return null;
  end if;
  select
    jsonb_object_agg(k.key, k.last_value),
    jsonb_agg(k.key order by k.key) filter (where k.value_count > 1)
  into v_writes, v_conflicts
  from (
    select
      w.key, count(distinct w.value) as value_count,
      (array_agg(w.value order by e.current_index desc))[1] as last_value
    from noetl.event as e
    cross join lateral jsonb_each(e.context -> 'ctx') as w
    where
      e.execution_id = p_loop.execution_id
      and e.meta ->> 'loop_id' = p_loop.loop_id::text
      and e.meta ? 'loop_id'
      and e.event_type in ('loop.item', 'loop.shard.done')
      and (e.status = 'ok' or e.event_id > p_loop.retried_at)
    group by w.key
  ) as k;
  return jsonb_build_object('writes', v_writes, 'conflicts', v_conflicts);
end;
$function$;

comment on function noetl_internal.gather_ctx(noetl.loop)
is 'The ctx writes of a finished loop''s items, merged in item order.';
