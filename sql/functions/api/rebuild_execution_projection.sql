-- Make the row of one execution in noetl.execution again, whatever stands there: from run state,
-- which is left alone; from events where that is lost (as rebuild). Called again: the same row.
-- Locks: the run row against removal, the row; where run state is lost, as rebuild.
-- Raises: NE404 when neither state nor events tell of it, NE409.
create or replace function noetl.rebuild_execution_projection(p_execution_id bigint)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  perform noetl_internal.require_read_committed();
  -- Locked: a run that is retired meanwhile would leave no row at all.
  perform 1 from noetl.run as r
  where r.execution_id = p_execution_id
  for key share;
  if found then
    -- Who projects it meanwhile holds this row, or skips it.
    delete from noetl.execution as x where x.execution_id = p_execution_id;
    perform noetl_internal.project_run(p_execution_id);
  else
    perform noetl.rebuild(p_execution_id);
  end if;
end;
$function$;

comment on function noetl.rebuild_execution_projection(bigint)
is 'Make the row of one execution in noetl.execution again.';
revoke all on function noetl.rebuild_execution_projection(bigint) from public;
grant execute on function noetl.rebuild_execution_projection(bigint) to noetl_operator;
