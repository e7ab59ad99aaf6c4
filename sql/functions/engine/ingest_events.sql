-- What noetl.record_events does, and its answer; for callers whose settings are pinned already.
-- Locks and raises: as noetl.record_events.
create or replace function noetl_internal.ingest_events(p_events jsonb)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_taken record;
  v_execution_id bigint;
  v_batch record;
  v_answer jsonb;
begin
  perform noetl_internal.require_read_committed();
  if jsonb_typeof(p_events) is distinct from 'array' then
    raise exception 'events is a %, not a list', coalesce(jsonb_typeof(p_events), 'null') using
      errcode = 'NE422', hint = 'Pass an array of events; see docs/protocol.md.';
  end if;
  v_taken := noetl_internal.take_reports(p_events);
  v_answer := jsonb_build_object(
    'recorded', 0, 'late', 0, 'rejected', v_taken.rejected, 'retry', '[]'::jsonb, 'count', false
  );
  v_execution_id := v_taken.reports[1].execution_id;
  -- In the order of runs and commands: so all are of one run, as those of most batches are.
  if v_taken.reports[cardinality(v_taken.reports)].execution_id = v_execution_id then
    v_answer := noetl_internal.record_batch(v_execution_id, v_taken.reports, v_answer);
  else
    -- A row loop over the runs of the batch: each has its own locks and its own error handler.
    for v_batch in
      select r.execution_id, array_agg(r order by r.command_id) as reports
      from unnest(v_taken.reports) as r
      group by r.execution_id
      order by r.execution_id
    loop
      v_answer := noetl_internal.record_batch(v_batch.execution_id, v_batch.reports, v_answer);
    end loop;
  end if;
  return v_answer || jsonb_build_object('advance', noetl_internal.is_advance_due());
end;
$function$;

comment on function noetl_internal.ingest_events(jsonb)
is 'Take the reports of workers in; repeats and late ones change nothing.';
