-- Close a loop whose last item is accounted for, and end its step; true for the one caller that
-- does it.
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
  v_payload jsonb;
  v_ctx jsonb;
  v_is_ok boolean;
begin
  update noetl.loop as l
  set
    status = noetl_internal.loop_verdict(l), finished_at = noetl_internal.clock_now(),
    version = l.version + 1
  where
    l.execution_id = p_execution_id
    and l.loop_id = p_loop_id
    and l.status in ('expanding', 'running', 'draining')
    and l.done + l.failed + l.cancelled = l.total
  returning l.* into v_loop;
  if not found then
    return false;
  end if;
  v_is_ok := v_loop.status in ('complete', 'partial');
  v_payload := noetl_internal.loop_payload(v_loop);
  v_ctx := noetl_internal.gather_ctx(v_loop);
  perform noetl_internal.append_event(
    p_execution_id, v_loop.catalog_id,
    case v_loop.mode when 'fanout' then 'loop.fanin.completed' else 'loop.done' end,
    v_loop.step, v_loop.status,
    jsonb_strip_nulls(jsonb_build_object(
      'collection_ref', noetl_internal.loop_uri(p_execution_id, p_loop_id),
      'ctx_conflicts', v_ctx -> 'conflicts'
    )),
    jsonb_build_object('status', v_loop.status, 'context', v_payload),
    jsonb_build_object(
      'loop_id', p_loop_id, 'token_id', v_loop.token_id, 'collection_size', v_loop.total,
      'mode', v_loop.mode
    )
  );
  perform noetl_internal.finish_step(
    p_execution_id, v_loop.token_id,
    case when v_is_ok then 'loop.done' else 'call.error' end,
    jsonb_build_object(
      'status', case when v_is_ok then 'ok' else 'error' end,
      'context', jsonb_build_object('data', v_payload)
    ),
    case when not v_is_ok then noetl_internal.loop_error(v_loop) end,
    nullif(v_ctx -> 'writes', 'null'), p_loop_id
  );
  return true;
end;
$function$;

comment on function noetl_internal.close_loop(bigint, bigint)
is 'Close a loop whose last item is accounted for, and end its step.';
