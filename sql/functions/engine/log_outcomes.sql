-- Append the events that end commands, the calls of plain steps, and the outcomes of loop items,
-- all in one statement. An item's result rides on its event, where idx_event_loop_id_type finds it;
-- its meta says which loop, which item and, in a fan-out, which attempt, and whether the item runs
-- again (p_retried).
create or replace function noetl_internal.log_outcomes(
  p_outcomes noetl_internal.outcome [],
  p_items noetl_internal.outcome [],
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
    case when o.is_ok then 'command.completed' else 'command.failed' end,
    o.step, case when o.is_ok then 'ok' else 'error' end, o.iter_index,
    null::jsonb, null::jsonb,
    o.meta || jsonb_build_object('command_id', o.command_id), o.error ->> 'message',
    noetl_internal.clock_now()
  from unnest(p_outcomes) as o
  union all
  select
    o.execution_id, o.catalog_id, case when o.is_ok then 'call.done' else 'call.error' end,
    o.step, o.result ->> 'status', null, noetl_internal.outcome_context(o),
    o.result, jsonb_build_object('token_id', o.token_id), o.error ->> 'message',
    noetl_internal.clock_now()
  from unnest(p_outcomes) as o
  -- Items that are collected only begin the loop; not collecting them is the call's error.
  where o.loop_id is null and (o.task <> 'collect' or not o.is_ok)
  union all
  select
    o.execution_id, o.catalog_id,
    case
      when l.mode <> 'fanout' then 'loop.item'
      when o.is_ok then 'loop.shard.done'
      else 'loop.shard.failed'
    end,
    o.step, case when o.is_ok then 'ok' else 'error' end, o.iter_index,
    noetl_internal.outcome_context(o), o.result,
    noetl_internal.item_meta(o, l.mode)
    || case when o.command_id = any(p_retried) then '{"final": false}'::jsonb else '{}' end,
    o.error ->> 'message',
    noetl_internal.clock_now()
  from unnest(p_items) as o
  inner join noetl.loop as l
    on l.execution_id = o.execution_id and l.loop_id = o.loop_id;
end;
$function$;

comment on function noetl_internal.log_outcomes(
  noetl_internal.outcome [], noetl_internal.outcome [], text []
) is 'Append the events of finished commands, calls and loop items.';
