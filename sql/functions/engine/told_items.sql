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
      k.loop_id,
      (
        select coalesce(max(t.event_id), 0) from noetl.event as t
        where
          t.execution_id = p_execution_id and t.event_type = 'execution.retried'
          and (k.ended_at is null or t.event_id < k.ended_at)
      ) as retried_at
    from (
      select
        v.meta ->> 'loop_id' as loop_id,
        min(v.event_id) filter (
          where v.event_type in ('loop.done', 'loop.fanin.completed')
        ) as ended_at
      from noetl.event as v
      where v.execution_id = p_execution_id and v.meta ? 'loop_id'
      group by 1
    ) as k
  ) as r
  inner join noetl.event as e on e.meta ->> 'loop_id' = r.loop_id
  cross join lateral (
    select
      e.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')
      and e.meta -> 'final' is distinct from 'false' as is_end,
      e.status = 'error' and e.event_id > r.retried_at as is_failed
  ) as i
  where e.execution_id = p_execution_id and e.meta ? 'loop_id'
  group by 1
$function$;

comment on function noetl_internal.told_items(bigint)
is 'What the events of a run tell of the items of its loops.';
