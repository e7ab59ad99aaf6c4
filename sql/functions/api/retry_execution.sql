-- Take a failed or cancelled run up again where it stopped, and those of its children that it
-- waited for: failed items and steps run again, finished ones do not. False when it runs, or is
-- completed.
-- Locks: the runs' advisory locks exclusively, ascending; then as retry_run.
-- Raises: NE404, NE409, NE412 when its events are gone, NE422 for a child whose parent has ended.
create or replace function noetl.retry_execution(p_execution_id bigint)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling takes longer than reading the events of most runs
as $function$
begin
  perform
    noetl_internal.require_read_committed(),
    noetl_internal.require_live_parent(p_execution_id);
  return noetl_internal.control_tree(p_execution_id, 'retry');
end;
$function$;

comment on function noetl.retry_execution(bigint)
is 'Take a failed or cancelled run up again; what is finished is not repeated.';
revoke all on function noetl.retry_execution(bigint) from public;
grant execute on function noetl.retry_execution(bigint) to noetl_operator;
