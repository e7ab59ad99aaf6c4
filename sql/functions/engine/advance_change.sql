-- Do what the outbox asks for: cancel a run whose parent has ended, sweep one that ends, or route
-- on one that runs.
-- Locks: the run's advisory lock exclusively; then as sweep_run and advance_run.
create or replace function noetl_internal.advance_change(
  p_execution_id bigint,
  p_is_cancelled boolean
)
returns void
language plpgsql volatile
as $function$
begin
  -- It waits: reports only try this lock, and give way to who waits, so a busy run cannot hold it
  -- off.
  perform pg_advisory_xact_lock(noetl_internal.lock_key('run', p_execution_id));
  if p_is_cancelled then
    update noetl.run as r
    set status = 'cancelling', reason = 'the parent execution has ended', version = r.version + 1
    where r.execution_id = p_execution_id and r.status in ('running', 'waiting');
  end if;
  if not noetl_internal.sweep_run(p_execution_id) then
    perform noetl_internal.advance_run(p_execution_id);
    perform noetl_internal.mark_change('dirty', p_execution_id);
  end if;
end;
$function$;

comment on function noetl_internal.advance_change(bigint, boolean)
is 'Do what an outbox entry asks for.';
