-- Start the loop of a step: evaluate its collection and begin it; when SQL cannot see the
-- collection, let a worker collect it first. A cursor has none: its workers claim.
-- Locks: the caller holds the run row. Raises: NE46x of loop.in and loop.spec; NE462 when loop.in
-- is no list.
create or replace function noetl_internal.enter_loop(
  p_run noetl.run,
  p_token noetl.token,
  p_definition jsonb
)
returns void
language plpgsql volatile
as $function$
declare
  v_loop_id bigint := nextval('noetl.loop_id_seq');
  v_locals jsonb := noetl_internal.entry_locals(p_run.execution_id, p_token.input);
  v_items jsonb;
begin
  if p_definition #>> '{loop,mode}' = 'cursor' then
    perform noetl_internal.begin_cursor(p_run, p_token, p_definition);
    return;
  end if;
  begin
    v_items := noetl_internal.evaluate_defined(
      p_run.execution_id, p_definition -> 'loop' -> 'in', v_locals, null, 'loop.in'
    );
  exception
    when sqlstate 'NE464' then
      perform noetl_internal.issue_step(
        p_run, p_token, p_definition, 'collect',
        jsonb_build_object('loop_id', v_loop_id) || noetl_internal.chunk_part(p_token.input)
      );
      return;
  end;
  if jsonb_typeof(v_items) <> 'array' then
    raise exception 'loop.in is a %, not a list', noetl_internal.python_type(v_items) using
      errcode = 'NE462', hint = 'A loop needs a list; for a mapping use its keys or items.';
  end if;
  perform noetl_internal.store_items(p_run.execution_id, v_loop_id, 0, v_items);
  perform noetl_internal.begin_loop(
    p_run.execution_id, p_token.token_id, v_loop_id, jsonb_array_length(v_items), null
  );
end;
$function$;

comment on function noetl_internal.enter_loop(noetl.run, noetl.token, jsonb)
is 'Start the loop of a step.';
