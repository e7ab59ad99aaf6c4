-- Append command.cancelled events for commands that leave the queue without a report.
create or replace function noetl_internal.log_cancelled(
  p_commands noetl_internal.draft [],
  p_reason text
)
returns integer
language plpgsql volatile
as $function$
declare
  v_count integer;
begin
  insert into noetl.event (
    execution_id, catalog_id, event_type, node_name, status, current_index, meta, created_at
  )
  select
    c.execution_id, c.catalog_id, 'command.cancelled', c.step, 'cancelled', c.iter_index,
    jsonb_build_object('command_id', c.command_id, 'reason', p_reason),
    noetl_internal.clock_now()
  from unnest(p_commands) as c
  order by c.command_id;
  get diagnostics v_count = row_count;
  return v_count;
end;
$function$;

comment on function noetl_internal.log_cancelled(noetl_internal.draft [], text)
is 'Append command.cancelled events for commands that leave the queue without a report.';
