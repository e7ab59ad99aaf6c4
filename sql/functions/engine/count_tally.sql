-- Add finished items to the counters of their loop, and issue as many others as its window lets
-- follow; returns what was added, with the ctx writes of a sequential loop's item, which the caller
-- makes later: the run row comes after all loop rows. While another session counts the loop, the
-- tally is left to it or to whoever comes next, and null is returned. The loop row orders sessions,
-- so that exactly one sees zero left.
-- Locks: the loop's counting lock, tried; the loop row.
create or replace function noetl_internal.count_tally(p_tally noetl.loop_tally)
returns noetl.loop_tally
language plpgsql volatile
as $function$
declare
  v_tally noetl.loop_tally;
  v_draw record;
  v_drawn integer := 0;
  v_repeated integer := 0;
  v_loop noetl.loop;
begin
  if not noetl_internal.lock_loop(p_tally.loop_id) then
    insert into noetl.loop_tally (execution_id, loop_id, done, failed, ctx, error)
    values (
      p_tally.execution_id, p_tally.loop_id, p_tally.done, p_tally.failed, p_tally.ctx,
      p_tally.error
    );
    return null;
  end if;
  -- New statements: they see what the last holder of the lock committed.
  v_tally := noetl_internal.add_tallies(p_tally);
  if v_tally.failed = 0 and v_tally.ctx is null then
    v_draw := noetl_internal.draw_items(
      v_tally.execution_id, v_tally.loop_id, v_tally.done, greatest(v_tally.done, 100)
    );
    v_drawn := v_draw.drawn;
    v_repeated := v_draw.repeated;
  end if;
  v_loop := noetl_internal.count_loop(
    v_tally.execution_id, v_tally.loop_id, v_tally.done, v_tally.failed, v_drawn, v_repeated,
    v_tally.ctx is not null, v_tally.error
  );
  if noetl_internal.is_loop_lost(v_loop) then
    perform noetl_internal.drain_loop(v_tally.execution_id, v_tally.loop_id);
  end if;
  if v_loop.mode is distinct from 'sequential' then
    v_tally.ctx := null;
  end if;
  return v_tally;
end;
$function$;

comment on function noetl_internal.count_tally(noetl.loop_tally)
is 'Add finished items to the counters of their loop, unless another session counts it.';
