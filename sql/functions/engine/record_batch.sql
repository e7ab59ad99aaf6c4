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
  v_recorded integer;
  v_positions jsonb;
  v_message text;
  v_code text;
begin
  select jsonb_agg(r.position order by r.position) into v_positions
  from unnest(p_reports) as r;
  if not pg_try_advisory_xact_lock_shared(noetl_internal.lock_key('run', p_execution_id)) then
    return jsonb_set(p_answer, '{retry}', p_answer -> 'retry' || v_positions);
  end if;
  begin
    v_recorded := noetl_internal.record_run(p_execution_id, p_reports);
  exception
    -- Another session or a full disk was in the way: the same reports succeed when they come again.
    when deadlock_detected or serialization_failure or lock_not_available
      or insufficient_resources then
      return jsonb_set(p_answer, '{retry}', p_answer -> 'retry' || v_positions);
    when query_canceled or admin_shutdown or crash_shutdown then
      raise;
    when others then
      get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
      perform noetl_internal.fail_run(
        p_execution_id,
        jsonb_build_object('kind', 'engine', 'code', v_code, 'message', v_message)
      );
      return jsonb_set(
        p_answer, '{rejected}', p_answer -> 'rejected' || (
          select jsonb_agg(
            jsonb_build_object('index', p, 'sqlstate', v_code, 'message', v_message)
          )
          from jsonb_array_elements(v_positions) as p
        )
      );
  end;
  return p_answer || jsonb_build_object(
    'recorded', (p_answer ->> 'recorded')::integer + v_recorded,
    'late', (p_answer ->> 'late')::integer + (
      select count(*) from unnest(p_reports) as r where r.event_type <> 'command.heartbeat'
    ) - v_recorded
  );
end;
$function$;

comment on function noetl_internal.record_batch(bigint, noetl_internal.report [], jsonb)
is 'Apply one run''s part of a batch of reports.';
