-- Do what an advance row of the outbox asks for: sweep a run that ends, or route on one that runs.
-- False when another session holds the run; the row then stays for the next pass.
-- Locks: the run's advisory lock exclusively, tried; then as sweep_run and advance_run.
create or replace function noetl_internal.advance_change(p_execution_id bigint)
returns boolean
language plpgsql volatile
as $function$
begin
  if not pg_try_advisory_xact_lock(noetl_internal.lock_key('run', p_execution_id)) then
    return false;
  end if;
  if not noetl_internal.sweep_run(p_execution_id) then
    perform noetl_internal.advance_run(p_execution_id);
    perform noetl_internal.mark_change('dirty', p_execution_id);
  end if;
  return true;
end;
$function$;

comment on function noetl_internal.advance_change(bigint)
is 'Do what an advance row of the outbox asks for.';
