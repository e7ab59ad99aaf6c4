-- Let a paused run and its children go on. False when it is not paused.
-- Locks: the runs' advisory locks exclusively, ascending; then as resume_run.
-- Raises: NE404, NE409.
create or replace function noetl.resume_execution(p_execution_id bigint)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  perform noetl_internal.require_read_committed();
  return noetl_internal.control_tree(p_execution_id, 'resume');
end;
$function$;

comment on function noetl.resume_execution(bigint)
is 'Let a paused run and its children go on; false when it is not paused.';
revoke all on function noetl.resume_execution(bigint) from public;
grant execute on function noetl.resume_execution(bigint) to noetl_operator;
