-- Take back the commands of ended sessions, up to p_limit; returns how many. A run that another
-- session holds is left for the next pass; an error that nobody foresaw fails its run, and does not
-- hold up the others.
-- Locks: the runs' advisory locks shared, tried, ascending; then as requeue_commands.
create or replace function noetl_internal.requeue_sessions(
  p_session_ids uuid [],
  p_reason text,
  p_counts boolean,
  p_limit integer
)
returns integer
language plpgsql volatile
as $function$
declare
  v_held record;
  v_count integer := 0;
  v_message text;
  v_code text;
begin
  -- A row loop over runs, because each has its own locks and its own error handler. All sessions of
  -- a run at once: the run row, which ends a step, comes after the loop rows of them all.
  for v_held in
    select c.execution_id, array_agg(c.command_id) as command_ids
    from (
      select h.execution_id, h.command_id
      from noetl.command as h
      where h.session_id = any(p_session_ids) and h.status = 'leased'
      limit p_limit
    ) as c
    group by c.execution_id
    order by c.execution_id
  loop
    continue when not pg_try_advisory_xact_lock_shared(
      noetl_internal.lock_key('run', v_held.execution_id)
    );
    begin
      v_count := v_count + noetl_internal.requeue_commands(
        v_held.execution_id, v_held.command_ids, p_session_ids, p_reason, p_counts
      );
    exception
      when deadlock_detected or serialization_failure or lock_not_available
        or insufficient_resources then
        null;  -- the next pass takes them
      when others then
        get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
        perform noetl_internal.fail_run(
          v_held.execution_id,
          jsonb_build_object('kind', 'engine', 'code', v_code, 'message', v_message)
        );
    end;
  end loop;
  return v_count;
end;
$function$;

comment on function noetl_internal.requeue_sessions(uuid [], text, boolean, integer)
is 'Take back the commands of ended sessions.';
revoke all on function noetl_internal.requeue_sessions(uuid [], text, boolean, integer) from public;
