-- Append the event that a loop is done: loop.fanin.completed of a fan-out, loop.done of the others.
create or replace function noetl_internal.log_loop_end(
  p_loop noetl.loop,
  p_ctx_conflicts jsonb
)
returns void
language plpgsql volatile
as $function$
begin
  perform noetl_internal.append_event(
    p_loop.execution_id, p_loop.catalog_id,
    case p_loop.mode when 'fanout' then 'loop.fanin.completed' else 'loop.done' end,
    p_loop.step, p_loop.status,
    jsonb_strip_nulls(jsonb_build_object(
      'collection_ref',
      case
        when p_loop.mode <> 'cursor'
          then coalesce(
            p_loop.collection_ref,
            noetl_internal.loop_uri(p_loop.execution_id, p_loop.loop_id)
          )
      end,
      'ctx_conflicts', p_ctx_conflicts
    )),
    jsonb_build_object('status', p_loop.status, 'context', noetl_internal.loop_payload(p_loop)),
    jsonb_build_object(
      'loop_id', p_loop.loop_id, 'token_id', p_loop.token_id, 'collection_size', p_loop.total,
      'mode', p_loop.mode
    )
  );
end;
$function$;

comment on function noetl_internal.log_loop_end(noetl.loop, jsonb)
is 'Append the event that a loop is done.';
