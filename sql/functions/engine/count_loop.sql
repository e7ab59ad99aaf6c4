-- Add finished and issued items to a loop's row, in one update, late in the transaction; returns
-- the row. p_issued are new ones, p_repeated those that were issued before a retry_execution. If
-- the loop was drained meanwhile, what this transaction has issued is taken back, which draining
-- counted already; and with it what draining skipped because somebody had it locked.
-- Locks: the loop row.
create or replace function noetl_internal.count_loop(
  p_execution_id bigint,
  p_loop_id bigint,
  p_done integer,
  p_failed integer,
  p_issued integer,
  p_repeated integer,
  p_has_ctx boolean default false,
  p_error jsonb default null
)
returns noetl.loop
language plpgsql volatile
as $function$
declare
  v_loop noetl.loop;
  v_skipped integer;
begin
  update noetl.loop as l
  set
    done = l.done + p_done, failed = l.failed + p_failed,
    has_ctx_writes = l.has_ctx_writes or p_has_ctx and l.mode <> 'sequential',
    first_error = case
      when (p_error ->> 'item')::integer > (l.first_error ->> 'item')::integer then l.first_error
      else coalesce(p_error, l.first_error)
    end,
    issued = case
      when l.status in ('expanding', 'running') then l.issued + p_issued else l.issued
    end,
    to_repeat = case
      when l.status in ('expanding', 'running') then l.to_repeat - p_repeated else l.to_repeat
    end,
    next_place =
    greatest(l.next_place, noetl_internal.served_place() + 1) + p_issued + p_repeated,
    status = case
      when l.status not in ('expanding', 'running') then l.status
      when
        l.issued + p_issued - l.to_repeat + p_repeated < l.total
        and l.issued + p_issued - l.to_repeat + p_repeated
        - l.done - p_done - l.failed - p_failed < l.max_in_flight
        then 'expanding'
      else 'running'
    end,
    version = l.version + 1
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id
  returning l.* into v_loop;
  if p_issued + p_repeated > 0 and v_loop.status not in ('expanding', 'running') then
    v_skipped :=
      noetl_internal.cancel_items(p_execution_id, p_loop_id) - p_issued - p_repeated;
    update noetl.loop as l
    set cancelled = l.cancelled + v_skipped
    where l.execution_id = p_execution_id and l.loop_id = p_loop_id
    returning l.* into v_loop;
  end if;
  return v_loop;
end;
$function$;

comment on function noetl_internal.count_loop(
  bigint, bigint, integer, integer, integer, integer, boolean, jsonb
) is 'Add finished and issued items to a loop''s row.';
