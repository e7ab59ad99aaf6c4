-- Do what the outbox asks for: cancel a run whose parent has ended, sweep one that ends, or route
-- on one that runs. False when somebody was in the way: the outbox row then stays. An error that
-- nobody foresaw fails this run, and does not hold up the others.
-- Locks: the run's advisory lock exclusively; then as sweep_run and advance_run. Waits for none of
-- them longer than lock_timeout.
create or replace function noetl_internal.advance_change(
  p_execution_id bigint,
  p_is_cancelled boolean
)
returns boolean
language plpgsql volatile
set lock_timeout = '200ms'  -- somebody's long transaction must not hold up every other run
as $function$
declare
  v_message text;
  v_code text;
begin
  begin
    -- It waits: reports only try this lock, and give way to who waits, so a busy run cannot hold it
    -- off. In a block of its own, so that an error below does not let go of it.
    perform pg_advisory_xact_lock(noetl_internal.lock_key('run', p_execution_id));
  exception
    when lock_not_available or deadlock_detected then
      return false;
  end;
  begin
    if p_is_cancelled then
      perform noetl_internal.cancel_orphan(p_execution_id);
    end if;
    if not noetl_internal.sweep_run(p_execution_id) then
      perform noetl_internal.end_due_waits(p_execution_id);
      perform noetl_internal.enter_granted(p_execution_id);
      perform noetl_internal.advance_run(p_execution_id);
      perform noetl_internal.mark_change('dirty', p_execution_id);
    end if;
    return true;
  exception
    when deadlock_detected or serialization_failure or lock_not_available
      or insufficient_resources then
      return false;
    when others then
      get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
      return noetl_internal.fail_run(
        p_execution_id,
        jsonb_build_object('kind', 'engine', 'code', v_code, 'message', v_message)
      );
  end;
end;
$function$;

comment on function noetl_internal.advance_change(bigint, boolean)
is 'Do what an outbox entry asks for.';
