-- Retire one run: from here on its manifest and its row in noetl.execution are what is known of it;
-- its events and the rest of its state go afterwards (finish_retiring, trim_log). False when it
-- may not be retired (any more), or somebody is in the way, or it cannot be retired: an error that
-- nobody foresaw is noted in noetl.retention_failure, and is that run's alone.
-- Locks: the run's advisory lock exclusively, tried; the run and execution rows, for no longer than
-- lock_timeout.
create or replace function noetl_internal.retire_run(
  p_execution_id bigint,
  p_cutoff timestamptz
)
returns boolean
language plpgsql volatile
set lock_timeout = '200ms'
as $function$
declare
  v_run noetl.run;
begin
  if not pg_try_advisory_xact_lock(noetl_internal.lock_key('run', p_execution_id)) then
    return false;
  end if;
  -- A new statement: it sees what whoever had the lock has done. No child can come any more: who
  -- starts one holds the command of its parent, and who ends the parent has waited for that.
  select * into v_run from noetl.run as r
  where
    r.execution_id = p_execution_id
    and r.finished_at < p_cutoff
    and not exists (select from noetl.command as c where c.execution_id = r.execution_id)
    and not exists (select from noetl.token as t where t.execution_id = r.execution_id)
    and not exists (
      select from noetl.run as c
      where c.parent_execution_id = r.execution_id and c.finished_at is null
    )
  for update;
  if not found then
    return false;
  end if;
  perform noetl_internal.project_run(p_execution_id);
  update noetl.execution as x
  set retired_at = noetl_internal.clock_now()
  where x.execution_id = p_execution_id;
  insert into noetl.manifest (execution_id, kind, summary, created_at)
  values (
    p_execution_id, 'retiring', noetl_internal.retired_summary(v_run), noetl_internal.clock_now()
  );
  delete from noetl.start_key as k
  using (
    -- playbook.initialized: the first of what may be millions.
    select b.context, b.meta from noetl.event as b
    where b.execution_id = p_execution_id
    order by b.event_id
    limit 1
  ) as e
  where
    k.path = e.context ->> 'path'
    and k.idempotency_key = e.meta ->> 'idempotency_key'
    and k.execution_id = p_execution_id;
  delete from noetl.run as r where r.execution_id = p_execution_id;
  return true;
exception
  when lock_not_available or deadlock_detected or serialization_failure
    or insufficient_resources then
    return false;
  when admin_shutdown or crash_shutdown then
    raise;
  when others then
    perform noetl_internal.note_retention_failure(p_execution_id, sqlstate, sqlerrm);
    return false;
end;
$function$;

comment on function noetl_internal.retire_run(bigint, timestamptz) is 'Retire one run.';
