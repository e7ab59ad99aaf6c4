-- Take a failed or cancelled run up again: what failed or was cancelled lives again, as the events
-- tell; what is finished stays so. False when it is neither.
-- Locks: the caller holds the run's advisory lock exclusively; then as rebuild_state.
create or replace function noetl_internal.retry_run(p_execution_id bigint)
returns boolean
language plpgsql volatile
as $function$
declare
  v_catalog_id bigint;
begin
  select r.catalog_id into v_catalog_id from noetl.run as r
  where r.execution_id = p_execution_id and r.status in ('failed', 'cancelled');
  if not found then
    return false;
  end if;
  perform noetl_internal.append_event(
    p_execution_id, v_catalog_id, 'execution.retried', p_status => 'running'
  );
  perform noetl_internal.rebuild_state(p_execution_id);
  return true;
end;
$function$;

comment on function noetl_internal.retry_run(bigint)
is 'Take a failed or cancelled run up again.';
