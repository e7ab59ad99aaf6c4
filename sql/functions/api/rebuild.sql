-- Make all state of a run again from its events: queue, tokens, loops, names, run and execution
-- row, and its place in the outbox. A live run goes on as if nothing had happened, also under
-- workers that hold its commands; only places in line are new ones. Returns how much there is.
-- Called again: the same state.
-- Locks: the run's advisory lock exclusively, command rows, then as advance_run.
-- Raises: NE404 when no event tells of the run, NE409, NE412 when it was retired.
create or replace function noetl.rebuild(p_execution_id bigint)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling takes longer than reading the events of most runs
as $function$
declare
  v_run noetl.run;
begin
  perform noetl_internal.require_read_committed();
  perform pg_advisory_xact_lock(noetl_internal.lock_key('run', p_execution_id));
  v_run := noetl_internal.rebuild_state(p_execution_id);
  if v_run.execution_id is null then
    raise exception 'no event tells of execution %', p_execution_id using
      errcode = 'NE404', hint = 'List executions with: noetl list.';
  end if;
  return (
    select jsonb_build_object(
      'status', r.status,
      'tokens', (select count(*) from noetl.token as t where t.execution_id = p_execution_id),
      'loops', (select count(*) from noetl."loop" as l where l.execution_id = p_execution_id),
      'commands', (select count(*) from noetl.command as c where c.execution_id = p_execution_id),
      'names', (select count(*) from noetl.variable as v where v.execution_id = p_execution_id)
    )
    from noetl.run as r
    where r.execution_id = p_execution_id
  );
end;
$function$;

comment on function noetl.rebuild(bigint)
is 'Make all state of a run again from its events; safe to repeat, also while it runs.';
revoke all on function noetl.rebuild(bigint) from public;
grant execute on function noetl.rebuild(bigint) to noetl_operator;
