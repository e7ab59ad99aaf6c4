-- Append command.heartbeat events for commands that their sessions still hold.
create or replace function noetl_internal.log_heartbeats(
  p_execution_id bigint,
  p_reports noetl_internal.report []
)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.event (
    execution_id, catalog_id, event_type, node_name, status, current_index, meta, created_at
  )
  select
    c.execution_id, c.catalog_id, 'command.heartbeat', c.step, 'running', c.iter_index,
    r.meta || jsonb_build_object('command_id', c.command_id),
    noetl_internal.clock_now()
  from unnest(p_reports) as r
  inner join noetl.command as c
    on
      c.execution_id = p_execution_id
      and c.command_id = r.command_id
      and c.session_id = r.session_id
  where r.event_type = 'command.heartbeat';
end;
$function$;

comment on function noetl_internal.log_heartbeats(bigint, noetl_internal.report [])
is 'Append command.heartbeat events for commands that are still held.';
