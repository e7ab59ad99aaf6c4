-- Start the run of a firing, with the rights of the schedule's owner, once for each time that was
-- due. The playbook reads that time as workload.scheduled_at.
-- Raises: NE403 when the owner may not start playbooks any more; else as start_run.
create or replace function noetl_internal.start_scheduled(
  p_schedule noetl.schedule,
  p_due_at timestamptz
)
returns bigint
language plpgsql volatile
as $function$
begin
  if not exists (
    select from pg_catalog.pg_roles as r
    where
      r.rolname = p_schedule.run_as
      and has_function_privilege(r.oid, 'noetl.start_execution(text, jsonb, jsonb)', 'execute')
  ) then
    raise exception 'role % may not start playbooks', p_schedule.run_as using
      errcode = 'NE403', hint = 'Grant it noetl_runner, or let another role put the schedule.';
  end if;
  return noetl_internal.start_run(
    p_schedule.path,
    jsonb_build_object(
      'scheduled_at', noetl_internal.iso_time(p_due_at, p_schedule.time_zone)
    ) || p_schedule.workload,
    jsonb_strip_nulls(
      jsonb_build_object(
        'version', p_schedule.version, 'priority', p_schedule.priority,
        'idempotency_key',
        'schedule:' || p_schedule.name || ':' || noetl_internal.iso_time(p_due_at, 'UTC')
      )
    ),
    p_schedule.run_as
  );
end;
$function$;

comment on function noetl_internal.start_scheduled(noetl.schedule, timestamptz)
is 'Start the run of a firing, with the rights of the schedule''s owner.';
