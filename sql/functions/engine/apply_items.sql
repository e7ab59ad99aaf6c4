-- Account for finished items of one run's loops (other outcomes of the batch are left alone): their
-- events, retries of shards, counters, loops that are complete or want more; true if the run has
-- something to advance.
-- Locks: loop rows, ascending; then the run row.
create or replace function noetl_internal.apply_items(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome []
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_retried text [] := array(select noetl_internal.retry_shards(p_execution_id, p_outcomes));
  v_items noetl_internal.outcome [] := p_outcomes;
  v_touched record;
  v_has_moved boolean := false;
begin
  if exists (select from unnest(p_outcomes) as o where o.task = 'frame') then
    v_items := array(select noetl_internal.frame_items(p_outcomes));
  end if;
  perform noetl_internal.log_items(v_items, v_retried);
  -- A row loop over the loops of the batch: each may close and route on.
  for v_touched in
    select * from noetl_internal.count_outcomes(p_execution_id, p_outcomes, v_retried)
  loop
    if noetl_internal.settle_loop(p_execution_id, v_touched.loop_id, v_touched.ctx) then
      v_has_moved := true;
    end if;
  end loop;
  return v_has_moved;
end;
$function$;

comment on function noetl_internal.apply_items(bigint, noetl_internal.outcome [])
is 'Account for finished items of one run''s loops.';
