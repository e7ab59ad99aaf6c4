-- Apply the reports of one run, whose advisory lock the caller holds: how many finished a command
-- or brought a new chunk, how many did nothing, which are repeats or late and change nothing,
-- whether counts of loops were left to others, and, if there were chunks, what is answered about
-- them.
-- Locks: command rows, loop rows, the run row.
create or replace function noetl_internal.record_run(
  p_execution_id bigint,
  p_reports noetl_internal.report [],
  out recorded integer,
  out late integer,
  out is_left boolean,
  out chunks jsonb
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_ends noetl_internal.report [] := array(
    select r from unnest(p_reports) as r
    where r.event_type not in ('command.heartbeat', 'call.partial')
  );
  v_chunks noetl_internal.outcome [];
  v_outcomes noetl_internal.outcome [];
  v_counts record;
begin
  if cardinality(v_ends) < cardinality(p_reports) then
    perform noetl_internal.log_heartbeats(p_execution_id, p_reports);
    if exists (select from unnest(p_reports) as r where r.event_type = 'call.partial') then
      v_chunks := noetl_internal.own_chunks(p_execution_id, p_reports);
    end if;
  end if;
  v_outcomes := noetl_internal.finish_commands(p_execution_id, v_ends);
  is_left := false;
  recorded := coalesce(cardinality(v_outcomes), 0);
  late := cardinality(v_ends) - recorded;
  if v_chunks is not null then
    perform noetl_internal.lock_loops(p_execution_id, v_outcomes);
    v_counts := noetl_internal.record_chunks(p_execution_id, v_chunks);
    recorded := recorded + v_counts.recorded;
    late := late - v_counts.recorded - jsonb_array_length(v_counts.rejected)
      + (select count(*) from unnest(p_reports) as r where r.event_type = 'call.partial');
    chunks := jsonb_build_object('rejected', v_counts.rejected, 'streams', v_counts.streams);
  end if;
  if v_outcomes is not null then
    perform set_config('noetl.caller_slots', cardinality(v_outcomes)::text, true);
    is_left := noetl_internal.apply_outcomes(p_execution_id, v_outcomes);
  end if;
end;
$function$;

comment on function noetl_internal.record_run(bigint, noetl_internal.report [])
is 'Apply the reports of one run; how many finished a command or brought a chunk.';
