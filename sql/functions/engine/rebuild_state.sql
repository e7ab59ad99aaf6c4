-- Make all state of a run again from its events; null when no event tells of it.
-- Locks: the caller holds the run's advisory lock exclusively; command rows, then as advance_run.
create or replace function noetl_internal.rebuild_state(p_execution_id bigint)
returns noetl.run
language plpgsql volatile
as $function$
declare
  v_version bigint := noetl_internal.drop_state(p_execution_id);
  v_run noetl.run := noetl_internal.rebuild_run(p_execution_id, v_version + 1);
begin
  if v_run.execution_id is null then
    return null;
  end if;
  perform noetl_internal.rebuild_tokens(v_run);
  perform noetl_internal.rebuild_slots(v_run);
  perform noetl_internal.rebuild_signals(p_execution_id);
  perform noetl_internal.rebuild_loops(v_run);
  perform noetl_internal.rebuild_commands(v_run);
  perform noetl_internal.settle_loops(v_run);
  perform noetl_internal.rebuild_repeats(v_run);
  perform noetl_internal.restart_cursors(v_run);
  perform noetl_internal.rebuild_names(v_run);
  perform noetl_internal.rebuild_outbox(v_run);
  perform noetl_internal.finish_calls(p_execution_id);
  perform noetl_internal.finish_loops(p_execution_id);
  perform noetl_internal.advance_run(p_execution_id);
  perform noetl_internal.project_run(p_execution_id);
  return v_run;
end;
$function$;

comment on function noetl_internal.rebuild_state(bigint)
is 'Make all state of a run again from its events.';
