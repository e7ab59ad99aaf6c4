-- Close a loop whose last item is accounted for, and route on in the same call. True for exactly
-- one caller, ever.
-- Locks: the run's advisory lock shared, the loop row, the run row. Raises: NE409.
create or replace function noetl.claim_loop_done(
  p_execution_id bigint,
  p_loop_id bigint
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  perform noetl_internal.require_read_committed();
  perform pg_advisory_xact_lock_shared(noetl_internal.lock_key('run', p_execution_id));
  if not noetl_internal.close_loop(p_execution_id, p_loop_id) then
    return false;
  end if;
  perform noetl_internal.advance_run(p_execution_id);
  perform noetl_internal.mark_change('dirty', p_execution_id);
  return true;
end;
$function$;

comment on function noetl.claim_loop_done(bigint, bigint)
is 'Close a complete loop and route on; true for exactly one caller.';
revoke all on function noetl.claim_loop_done(bigint, bigint) from public;
grant execute on function noetl.claim_loop_done(bigint, bigint) to noetl_worker;
