-- What the events of a run tell of the items of its loops: per loop how many are done, failed and
-- issued, whether they wrote ctx, the error of the first failed one, and the number of the latest
-- execution.retried while it was live, 0 without one: items that failed before it do not count.
create or replace function noetl_internal.told_items(p_execution_id bigint)
returns table (
  loop_id bigint,
  done integer,
  failed integer,
  issued integer,
  has_ctx_writes boolean,
  first_error jsonb,
  retried_at bigint
)
language sql stable
as $function$
  select
    (e.meta ->> 'loop_id')::bigint,
    (count(*) filter (where i.is_end and e.status = 'ok'))::integer,
    (count(*) filter (where i.is_end and e.status = 'error'))::integer,
    coalesce(max(e.current_index) filter (where e.event_type = 'command.issued') + 1, 0),
    coalesce(bool_or(i.is_end and e.context ? 'ctx'), false),
    (
      array_agg(
        e.context -> 'error' || jsonb_build_object('item', e.current_index)
        order by e.current_index
      ) filter (where i.is_end and e.status = 'error')
    )[1],
    r.retried_at
  from (
    select
      v.event_id, v.event_type, v.status, v.current_index, v.context, v.meta,
      min(v.event_id) filter (where v.event_type = 'loop.started') over l as started_at,
      min(v.event_id) filter (where v.event_type in ('loop.done', 'loop.fanin.completed')) over l
      as ended_at
    from noetl.event as v
    where v.execution_id = p_execution_id and v.meta ? 'loop_id'
    window l as (partition by v.meta ->> 'loop_id')
  ) as e
  cross join lateral (
    select coalesce(max(t.event_id), 0) as retried_at
    from unnest(
      array(
        select k.event_id from noetl.event as k
        where k.execution_id = p_execution_id and k.event_type = 'execution.retried'
      )
    ) as t (event_id)
    where t.event_id > e.started_at and (e.ended_at is null or t.event_id < e.ended_at)
  ) as r
  cross join lateral (
    select
      e.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')
      and e.meta -> 'final' is distinct from 'false'
      and (e.status = 'ok' or e.event_id > r.retried_at) as is_end
  ) as i
  group by 1, r.retried_at
$function$;

comment on function noetl_internal.told_items(bigint)
is 'What the events of a run tell of the items of its loops.';
