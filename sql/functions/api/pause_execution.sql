-- Pause a run and its children: commands at work and steps that wait go on to their end, nothing
-- new starts until resume_execution. False when it is paused already, or has ended.
-- Locks: the runs' advisory locks exclusively, ascending; then as pause_run.
-- Raises: NE404, NE409.
create or replace function noetl.pause_execution(p_execution_id bigint)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  perform noetl_internal.require_read_committed();
  return noetl_internal.control_tree(p_execution_id, 'pause');
end;
$function$;

comment on function noetl.pause_execution(bigint)
is 'Pause a run and its children: nothing new starts; false when it is so already.';
revoke all on function noetl.pause_execution(bigint) from public;
grant execute on function noetl.pause_execution(bigint) to noetl_operator;
