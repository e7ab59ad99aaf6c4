-- Append the events that end commands, all in one statement.
create or replace function noetl_internal.log_outcomes(p_outcomes noetl_internal.outcome [])
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.event (
    execution_id, catalog_id, event_type, node_name, status, current_index, meta, error, created_at
  )
  select
    o.execution_id, o.catalog_id,
    case when o.is_ok then 'command.completed' else 'command.failed' end,
    o.step, case when o.is_ok then 'ok' else 'error' end, o.iter_index,
    o.meta || jsonb_build_object('command_id', o.command_id), o.error ->> 'message',
    noetl_internal.clock_now()
  from unnest(p_outcomes) as o;
end;
$function$;

comment on function noetl_internal.log_outcomes(noetl_internal.outcome [])
is 'Append the events that end commands.';
