-- Cancel a run: its commands leave the queue at once, running ones are told by their worker's next
-- heartbeat, children follow through the outbox. False when it has ended or is ending already.
-- Locks: the run's advisory lock exclusively; then as sweep_run. Raises: NE404, NE409.
create or replace function noetl.cancel_execution(
  p_execution_id bigint,
  p_reason text default null
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  perform noetl_internal.require_read_committed();
  perform pg_advisory_xact_lock(noetl_internal.lock_key('run', p_execution_id));
  update noetl.run as r
  set
    status = 'cancelling', reason = coalesce(left(p_reason, 2000), 'cancelled'),
    version = r.version + 1
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting');
  if found then
    perform noetl_internal.sweep_run(p_execution_id);
    perform noetl_internal.project_run(p_execution_id);  -- who asked for it looks next
    return true;
  end if;
  if not exists (select from noetl.run as r where r.execution_id = p_execution_id)
    and not noetl_internal.is_retired(p_execution_id)
  then
    raise exception 'execution % does not exist', p_execution_id using
      errcode = 'NE404', hint = 'List executions with: noetl list.';
  end if;
  return false;
end;
$function$;

comment on function noetl.cancel_execution(bigint, text)
is 'Cancel a run; false when it has ended already.';
revoke all on function noetl.cancel_execution(bigint, text) from public;
grant execute on function noetl.cancel_execution(bigint, text) to noetl_operator, noetl_worker;
