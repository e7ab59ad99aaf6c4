-- Append the outcomes of loop items, all in one statement. An item's result rides on its event,
-- where idx_event_loop_id_type finds it; its meta says which loop, which item and, in a fan-out,
-- which attempt.
create or replace function noetl_internal.log_items(
  p_outcomes noetl_internal.outcome [],
  p_retried text []
)
returns void
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
begin
  insert into noetl.event (
    execution_id, catalog_id, event_type, node_name, status, current_index, context, result,
    meta, error, created_at
  )
  select
    o.execution_id, o.catalog_id,
    case
      when l.mode <> 'fanout' then 'loop.item'
      when o.is_ok then 'loop.shard.done'
      else 'loop.shard.failed'
    end,
    o.step, case when o.is_ok then 'ok' else 'error' end, o.iter_index,
    case
      when o.ctx is not null or o.error is not null
        then
          case when o.ctx is null then '{}' else jsonb_build_object('ctx', o.ctx) end
          || case when o.error is null then '{}' else jsonb_build_object('error', o.error) end
    end,
    o.result,
    case
      when o.command_id = any(p_retried) then m.meta || '{"final": false}' else m.meta
    end,
    o.error ->> 'message',
    noetl_internal.clock_now()
  from unnest(p_outcomes) as o
  inner join noetl.loop as l
    on l.execution_id = o.execution_id and l.loop_id = o.loop_id
  cross join lateral (
    select
    case
      when l.mode <> 'fanout'
        then jsonb_build_object(
          'loop_id', o.loop_id,
          'iter_index', o.iter_index
        )
      else
        jsonb_build_object(
          'loop_id', o.loop_id,
          'shard_id', o.iter_index,
          'iter_index', o.iter_index,
          'iter_key',
          coalesce(o.iter_key, o.iter_index::text),
          'command_id', o.command_id,
          'shard_attempt', o.shard_attempt
        )
    end as meta
  ) as m;
end;
$function$;

comment on function noetl_internal.log_items(noetl_internal.outcome [], text [])
is 'Append the outcomes of loop items.';
