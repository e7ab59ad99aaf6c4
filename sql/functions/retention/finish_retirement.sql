-- Read the next events of a retiring execution into its manifest, whose row the caller has locked,
-- and remove the next rows of its state, at most p_limit of each: how many, and whether it is
-- through. An error that nobody foresaw is noted in noetl.retention_failure, and is that
-- execution's alone; moved is null then, and when somebody was in the way.
-- Locks: none that waits.
create or replace function noetl_internal.finish_retirement(
  p_execution_id bigint,
  p_manifest_id bigint,
  p_limit integer,
  out moved integer,
  out is_through boolean
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_read integer;
  v_dropped integer;
begin
  v_read := noetl_internal.summarise_events(p_execution_id, p_limit);
  v_dropped := noetl_internal.drop_run_rows(p_execution_id, p_limit);
  is_through := v_read < p_limit and v_dropped < p_limit;
  if is_through then
    update noetl.manifest as m
    set kind = 'execution', summary = m.summary - 'read_to'
    where m.execution_id = p_execution_id and m.manifest_id = p_manifest_id;
    delete from noetl.retention_failure as f where f.execution_id = p_execution_id;
  end if;
  moved := v_read + v_dropped;
exception
  when lock_not_available or deadlock_detected or serialization_failure
    or insufficient_resources then
    moved := null;
    is_through := false;
  when admin_shutdown or crash_shutdown then
    raise;
  when others then
    perform noetl_internal.note_retention_failure(p_execution_id, sqlstate, sqlerrm);
    moved := null;
    is_through := false;
end;
$function$;

comment on function noetl_internal.finish_retirement(bigint, bigint, integer)
is 'Read the next events of a retiring execution into its manifest, and remove its state.';
