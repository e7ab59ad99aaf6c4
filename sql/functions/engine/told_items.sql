-- What the events of a run tell of the items of its loops: per loop how many are done, failed and
-- issued, whether they wrote ctx, and the error of the first failed one. What failed before a
-- retry_execution counts only in a loop that had ended then.
create or replace function noetl_internal.told_items(p_execution_id bigint)
returns table (
  loop_id bigint,
  done integer,
  failed integer,
  issued integer,
  has_ctx_writes boolean,
  first_error jsonb
)
language sql stable
as $function$
  select
    (e.meta ->> 'loop_id')::bigint,
    (count(*) filter (where i.is_end and e.status = 'ok'))::integer,
    (count(*) filter (where i.is_end and i.is_failed))::integer,
    coalesce(max(e.current_index) filter (where e.event_type = 'command.issued') + 1, 0),
    coalesce(bool_or(i.is_end and e.context ? 'ctx'), false),
    (
      array_agg(
        e.context -> 'error' || jsonb_build_object('item', e.current_index)
        order by e.current_index
      ) filter (where i.is_end and i.is_failed)
    )[1]
  from (
    select
      v.event_id, v.event_type, v.status, v.current_index, v.context, v.meta,
      min(v.event_id) filter (where v.event_type in ('loop.done', 'loop.fanin.completed')) over (
        partition by v.meta ->> 'loop_id'
      ) as ended_at
    from noetl.event as v
    where v.execution_id = p_execution_id and v.meta ? 'loop_id'
  ) as e
  cross join (
    select array_agg(t.event_id) as retries
    from noetl.event as t
    where t.execution_id = p_execution_id and t.event_type = 'execution.retried'
  ) as r
  cross join lateral (
    select
      e.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')
      and e.meta -> 'final' is distinct from 'false' as is_end,
      e.status = 'error' and not exists (
        select from unnest(r.retries) as k (event_id)
        where k.event_id > e.event_id and (e.ended_at is null or k.event_id < e.ended_at)
      ) as is_failed
  ) as i
  group by 1
$function$;

comment on function noetl_internal.told_items(bigint)
is 'What the events of a run tell of the items of its loops.';
