-- Append the events that end commands and the calls of plain steps, in one statement.
create or replace function noetl_internal.log_outcomes(p_outcomes noetl_internal.outcome [])
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
  where o.loop_id is null and (o.task <> 'collect' or not o.is_ok);
end;
$function$;

comment on function noetl_internal.log_outcomes(noetl_internal.outcome [])
is 'Append the events of finished commands and calls.';
