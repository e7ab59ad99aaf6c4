-- Apply the reports of one run, whose advisory lock the caller holds; returns how many finished a
-- command. Reports that finish nothing are repeats or late: they change nothing.
-- Locks: command rows, loop rows, the run row.
create or replace function noetl_internal.record_run(
  p_execution_id bigint,
  p_reports noetl_internal.report []
)
returns integer
language plpgsql volatile
as $function$
declare
  v_outcomes noetl_internal.outcome [];
begin
  perform noetl_internal.log_heartbeats(p_execution_id, p_reports);
  v_outcomes := noetl_internal.finish_commands(
    p_execution_id,
    array(select r from unnest(p_reports) as r where r.event_type <> 'command.heartbeat')
  );
  if v_outcomes is null then
    return 0;
  end if;
  perform set_config('noetl.caller_slots', cardinality(v_outcomes)::text, true);
  perform noetl_internal.apply_outcomes(p_execution_id, v_outcomes);
  return cardinality(v_outcomes);
end;
$function$;

comment on function noetl_internal.record_run(bigint, noetl_internal.report [])
is 'Apply the reports of one run; returns how many finished a command.';
