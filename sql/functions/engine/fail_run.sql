-- Mark a run as failing; false when it is not running any more. The sweep is a transaction of its
-- own (sweep_run): here other sessions hold commands of this run.
-- Locks: the run row.
create or replace function noetl_internal.fail_run(
  p_execution_id bigint,
  p_error jsonb
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_catalog_id bigint;
begin
  update noetl.run as r
  set status = 'failing', error = p_error, reason = null, version = r.version + 1
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  returning r.catalog_id into v_catalog_id;
  if not found then
    return false;
  end if;
  perform noetl_internal.append_event(
    p_execution_id, v_catalog_id, 'execution.failing', p_error ->> 'step', 'failing',
    jsonb_build_object('error', p_error), p_error => p_error ->> 'message'
  );
  perform noetl_internal.mark_change('advance', p_execution_id);
  return true;
end;
$function$;

comment on function noetl_internal.fail_run(bigint, jsonb) is 'Mark a run as failing.';
