-- Record a chunk of a command whose fence its report has passed, and hand it on; false when it was
-- recorded before, by this attempt or an earlier one. The unique index on (token, chunk_index) is
-- what makes a second delivery impossible: its violation takes the delivery back.
-- Locks: the caller holds the run row.
-- Raises: NE422 when chunks before it are missing, or the command is of a loop; NE461 … NE464 of
-- the arcs' expressions; unique_violation when it was recorded before.
create or replace function noetl_internal.record_chunk(p_chunk noetl_internal.outcome)
returns boolean
language plpgsql volatile
as $function$
declare
  v_token noetl.token;
  v_last record;
  v_index integer := (p_chunk.meta ->> 'chunk_index')::integer;
  v_meta jsonb;
  v_told jsonb;
begin
  select * into v_token from noetl.token as t
  where
    t.execution_id = p_chunk.execution_id and t.token_id = p_chunk.token_id
    and t.status = 'active';
  if not found then
    return false;
  elsif p_chunk.loop_id is not null or p_chunk.task <> 'run' then
    raise exception 'command % is of a loop, which has no chunks', p_chunk.command_id using
      errcode = 'NE422', hint = 'Report chunks of steps without a loop only.';
  end if;
  v_last := noetl_internal.last_chunk(v_token.execution_id, v_token.token_id);
  if v_index <= v_last.chunk_index then
    return false;
  elsif v_index > v_last.chunk_index + 1 then
    raise exception 'chunk % of % came before chunk %', v_index, p_chunk.command_id,
      v_last.chunk_index + 1
    using errcode = 'NE422', hint = 'Report chunks in order, from next_chunk of stream_state on.';
  end if;
  v_meta := jsonb_strip_nulls(
    jsonb_build_object(
      'command_id', p_chunk.command_id, 'token_id', v_token.token_id, 'chunk_index', v_index,
      'has_more', coalesce(nullif(p_chunk.meta -> 'has_more', 'null'), 'true'),
      'attempt', p_chunk.meta -> 'attempt', 'split_id', v_last.split_id
    )
  );
  v_told := noetl_internal.deliver_chunk(
    v_token, noetl_internal.step_definition(p_chunk.catalog_id, v_token.step),
    noetl_internal.chunk_mark(v_meta, p_chunk.result, null), v_last.split_id
  );
  insert into noetl.event (
    execution_id, catalog_id, event_type, node_name, status, current_index, context, result, meta,
    created_at
  )
  values (
    p_chunk.execution_id, p_chunk.catalog_id, 'call.partial', v_token.step,
    p_chunk.result ->> 'status', v_index, nullif(v_told - 'split_id', '{}'), p_chunk.result,
    v_meta || jsonb_strip_nulls(jsonb_build_object('split_id', v_told -> 'split_id')),
    noetl_internal.clock_now()
  );
  return true;
end;
$function$;

comment on function noetl_internal.record_chunk(noetl_internal.outcome)
is 'Record a chunk and hand it on; false when it was recorded before.';
