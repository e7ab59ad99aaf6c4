-- Take the reports of workers in: the one ingestion path of every transport. All of a batch in one
-- transaction, run by run; one bad event or one locked run does not stop the rest. Repeats and late
-- reports change nothing and are counted.
-- Answer: {"recorded", "late", "rejected": [{"index","sqlstate","message"}], "retry": [index],
-- "advance": whether the outbox holds runs to move on, "count": whether counts of loops were left,
-- which expand_loops adds; "streams": {command_id: as stream_state} when chunks came}.
-- Locks: the runs' advisory locks shared, ascending, tried; then per run as record_run. Raises:
-- NE409, NE422.
create or replace function noetl.record_events(p_events jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  return noetl_internal.ingest_events(p_events);
end;
$function$;

comment on function noetl.record_events(jsonb)
is 'Take the reports of workers in; repeats and late ones change nothing.';
revoke all on function noetl.record_events(jsonb) from public;
grant execute on function noetl.record_events(jsonb) to noetl_worker;
