-- Apply one run's part of a batch and add to the batch's answer. An error in it is that run's
-- alone, and fails it: refused and requeued, the same reports would come back for ever.
-- Locks: the run's advisory lock shared, tried; then as record_run.
create or replace function noetl_internal.record_batch(
  p_execution_id bigint,
  p_reports noetl_internal.report [],
  p_answer jsonb
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_counts record;
  v_message text;
  v_code text;
begin
  if not pg_try_advisory_xact_lock_shared(noetl_internal.lock_key('run', p_execution_id)) then
    return noetl_internal.defer_reports(p_answer, p_reports);
  end if;
  begin
    v_counts := noetl_internal.record_run(p_execution_id, p_reports);
  exception
    -- Another session or a full disk was in the way: the same reports succeed when they come again.
    when deadlock_detected or serialization_failure or lock_not_available
      or insufficient_resources then
      return noetl_internal.defer_reports(p_answer, p_reports);
    when query_canceled or admin_shutdown or crash_shutdown then
      raise;
    when others then
      get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
      perform noetl_internal.fail_run(
        p_execution_id,
        jsonb_build_object('kind', 'engine', 'code', v_code, 'message', v_message)
      );
      return noetl_internal.reject_reports(p_answer, p_reports, v_code, v_message);
  end;
  if v_counts.chunks is not null then
    p_answer := noetl_internal.add_chunks(p_answer, v_counts.chunks);
  end if;
  return p_answer || jsonb_build_object(
    'recorded', (p_answer ->> 'recorded')::integer + v_counts.recorded,
    'late', (p_answer ->> 'late')::integer + v_counts.late,
    'count', v_counts.is_left or (p_answer ->> 'count')::boolean
  );
end;
$function$;

comment on function noetl_internal.record_batch(bigint, noetl_internal.report [], jsonb)
is 'Apply one run''s part of a batch of reports.';
