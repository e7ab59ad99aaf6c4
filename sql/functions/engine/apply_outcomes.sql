-- Account for finished commands of one run: events, retries of shards, loop counters, loops that
-- are complete, steps that have ended, and what follows from them. The one path for reports, lost
-- workers and refused commands.
-- Locks: loop rows, ascending; then the run row.
create or replace function noetl_internal.apply_outcomes(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome []
)
returns void
language plpgsql volatile
as $function$
declare
  v_retried text [];
  v_touched record;
  v_has_moved boolean := false;
  v_outcome noetl_internal.outcome;
begin
  v_retried := array(select noetl_internal.retry_shards(p_execution_id, p_outcomes));
  perform noetl_internal.log_outcomes(p_outcomes, v_retried);

  -- A row loop over the loops of the batch: each may close and route on.
  for v_touched in
    select * from noetl_internal.count_outcomes(p_execution_id, p_outcomes, v_retried)
  loop
    if v_touched.ctx is not null then
      perform noetl_internal.write_loop_ctx(p_execution_id, v_touched.loop_id, v_touched.ctx);
      v_has_moved := true;
    end if;
    if noetl_internal.close_loop(p_execution_id, v_touched.loop_id) then
      v_has_moved := true;
    elsif noetl_internal.is_loop_starved(p_execution_id, v_touched.loop_id) then
      perform noetl_internal.fill_loop(p_execution_id, v_touched.loop_id);
    end if;
  end loop;
  -- A row loop over the plain steps of the batch, which are one or few per run.
  for v_outcome in
    select o.* from unnest(p_outcomes) as o where o.loop_id is null
  loop
    perform noetl_internal.end_plain_command(v_outcome);
    v_has_moved := true;
  end loop;
  if v_has_moved then
    perform noetl_internal.advance_run(p_execution_id);
  end if;
  perform noetl_internal.mark_change('dirty', p_execution_id);
end;
$function$;

comment on function noetl_internal.apply_outcomes(bigint, noetl_internal.outcome [])
is 'Account for finished commands of one run, and for what follows from them.';
