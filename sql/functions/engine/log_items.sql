-- Append the outcomes of loop items. An item's result rides on its event, where
-- idx_event_loop_id_type finds it; its meta says which loop, which item and, in a fan-out, which
-- attempt, and whether the item runs again (p_retried).
create or replace function noetl_internal.log_items(
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

comment on function noetl_internal.log_items(noetl_internal.outcome [], text [])
is 'Append the outcomes of loop items.';
