-- Apply the reports of one run, whose advisory lock the caller holds: how many finished a command,
-- how many finished nothing, which are repeats or late and change nothing, and whether counts of
-- loops were left to others.
-- Locks: command rows, loop rows, the run row.
create or replace function noetl_internal.record_run(
  p_execution_id bigint,
  p_reports noetl_internal.report [],
  out recorded integer,
  out late integer,
  out is_left boolean
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_ends noetl_internal.report [] := array(
    select r from unnest(p_reports) as r where r.event_type <> 'command.heartbeat'
  );
  v_outcomes noetl_internal.outcome [];
begin
  if cardinality(v_ends) < cardinality(p_reports) then
    perform noetl_internal.log_heartbeats(p_execution_id, p_reports);
  end if;
  v_outcomes := noetl_internal.finish_commands(p_execution_id, v_ends);
  is_left := false;
  recorded := coalesce(cardinality(v_outcomes), 0);
  late := cardinality(v_ends) - recorded;
  if recorded > 0 then
    perform set_config('noetl.caller_slots', recorded::text, true);
    is_left := noetl_internal.apply_outcomes(p_execution_id, v_outcomes);
  end if;
end;
$function$;

comment on function noetl_internal.record_run(bigint, noetl_internal.report [])
is 'Apply the reports of one run; how many finished a command.';
