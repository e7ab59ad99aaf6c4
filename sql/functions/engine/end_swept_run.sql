-- Give a swept run its final status and event, and pass a cancellation on to its children through
-- the outbox.
-- Locks: the run row.
create or replace function noetl_internal.end_swept_run(p_execution_id bigint)
returns boolean
language plpgsql volatile
as $function$
declare
  v_run noetl.run;
begin
  update noetl.run as r
  set
    status = case r.status when 'failing' then 'failed' else 'cancelled' end,
    finished_at = noetl_internal.clock_now(), is_paused = false, version = r.version + 1
  where r.execution_id = p_execution_id and r.status in ('failing', 'cancelling')
  returning r.* into v_run;
  if not found then
    return false;
  end if;
  delete from noetl.token as t
  where t.execution_id = p_execution_id;
  delete from noetl.slot as s
  where s.execution_id = p_execution_id;
  perform noetl_internal.append_event(
    p_execution_id, v_run.catalog_id,
    case v_run.status when 'failed' then 'playbook.failed' else 'execution.cancelled' end,
    v_run.error ->> 'step', v_run.status,
    case when v_run.error is not null then jsonb_build_object('error', v_run.error) end,
    p_error => coalesce(v_run.error ->> 'message', v_run.reason)
  );
  insert into noetl.change (kind, execution_id)
  select 'cancel', r.execution_id from noetl.run as r
  where
    r.parent_execution_id = p_execution_id
    and r.status in ('running', 'waiting')
  order by r.execution_id;
  perform noetl_internal.mark_change('dirty', p_execution_id);
  return true;
end;
$function$;

comment on function noetl_internal.end_swept_run(bigint)
is 'Give a swept run its final status and event.';
