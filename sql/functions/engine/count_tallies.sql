-- Count what reports have left to be counted, of up to p_limit loops; returns how many loops. A
-- loop that another session counts is left to it, and a run that somebody holds to the next pass;
-- an error that nobody foresaw fails its run, and does not hold up the others.
-- Locks: the runs' advisory locks shared, tried, ascending; then as count_tally, settle_loop and
-- advance_run.
create or replace function noetl_internal.count_tallies(p_limit integer)
returns integer
language plpgsql volatile
as $function$
declare
  v_left record;
  v_counted record;
  v_count integer := 0;
  v_message text;
  v_code text;
begin
  -- A row loop, because each run has its own lock and its own error handler.
  for v_left in
    select distinct t.execution_id, t.loop_id from noetl.loop_tally as t
    order by t.execution_id, t.loop_id
    limit p_limit
  loop
    continue when not pg_try_advisory_xact_lock_shared(
      noetl_internal.lock_key('run', v_left.execution_id)
    ) or not noetl_internal.lock_loop(v_left.loop_id);
    begin
      v_counted := noetl_internal.count_tally(
        row(null, v_left.execution_id, v_left.loop_id, 0, 0, null, null)::noetl.loop_tally
      );
      if noetl_internal.settle_loop(v_left.execution_id, v_left.loop_id, v_counted.ctx) then
        perform noetl_internal.advance_run(v_left.execution_id);
      end if;
      perform noetl_internal.mark_change('dirty', v_left.execution_id);
      v_count := v_count + 1;
    exception
      when deadlock_detected or serialization_failure or lock_not_available
        or insufficient_resources then
        null;  -- the next pass takes them
      when others then
        get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
        perform noetl_internal.fail_run(
          v_left.execution_id,
          jsonb_build_object('kind', 'engine', 'code', v_code, 'message', v_message)
        );
    end;
  end loop;
  return v_count;
end;
$function$;

comment on function noetl_internal.count_tallies(integer)
is 'Count what reports have left to be counted.';
