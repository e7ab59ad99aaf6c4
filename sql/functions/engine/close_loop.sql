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
  v_ctx jsonb;
  v_is_ok boolean;
  v_has_left boolean;
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
  v_is_ok := v_loop.status in ('complete', 'partial');
  v_ctx := noetl_internal.gather_ctx(v_loop);
  if v_is_ok then
    perform noetl_internal.log_loop_end(v_loop, v_ctx -> 'conflicts');
  end if;
  v_has_left := noetl_internal.finish_step(
    p_execution_id, v_loop.token_id, case when v_is_ok then 'loop.done' else 'call.error' end,
    noetl_internal.loop_result(v_loop),
    case when not v_is_ok then noetl_internal.loop_error(v_loop) end,
    nullif(v_ctx -> 'writes', 'null'), p_loop_id
  );
  if not v_is_ok and v_has_left then
    perform noetl_internal.log_loop_end(v_loop, v_ctx -> 'conflicts');
  end if;
  return true;
end;
$function$;

comment on function noetl_internal.close_loop(bigint, bigint)
is 'Close a loop whose last item is accounted for, and end its step.';
