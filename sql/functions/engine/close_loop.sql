-- Close a loop whose last item is accounted for, and whose slots have all ended if it has a cursor,
-- and end its step; true for the one caller that does it. A failed loop is done only when an arc
-- takes it up: else its run fails, and may be retried with the same loop.
-- Locks: the loop row, then the run row.
create or replace function noetl_internal.close_loop(
  p_execution_id bigint,
  p_loop_id bigint
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_loop noetl.loop;
  v_conflicts jsonb;
begin
  perform 1 from noetl.loop as l
  where
    l.execution_id = p_execution_id
    and l.loop_id = p_loop_id
    and l.status in ('expanding', 'running', 'draining')
    and l.done + l.failed + l.cancelled = l.total
    and coalesce(l.remaining_slots, 0) = 0
  for no key update;
  if not found then
    return false;
  end if;
  -- What a run that fails leaves behind is ended by its sweep.
  perform 1 from noetl.run as r
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  for no key update;
  if not found then
    return false;
  end if;
  update noetl.loop as l
  set
    status = noetl_internal.loop_verdict(l), finished_at = noetl_internal.clock_now(),
    version = l.version + 1
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id
  returning l.* into v_loop;
  v_conflicts := noetl_internal.gather_ctx(v_loop) -> 'conflicts';
  if v_loop.status in ('complete', 'partial') then
    perform noetl_internal.log_loop_end(v_loop, v_conflicts);
    perform noetl_internal.leave_loop(v_loop);
  elsif noetl_internal.leave_loop(v_loop) then
    perform noetl_internal.log_loop_end(v_loop, v_conflicts);
  end if;
  return true;
end;
$function$;

comment on function noetl_internal.close_loop(bigint, bigint)
is 'Close a loop whose last item is accounted for, and end its step.';
