-- Add finished frames to a cursor loop's row, in one update, and issue the next frame of each slot
-- whose claim gave something; the other slots have ended. Returns the row, which is locked before
-- the frames are issued, because it gives them their numbers.
-- Locks: the loop row.
create or replace function noetl_internal.count_frames(
  p_execution_id bigint,
  p_loop_id bigint,
  p_outcomes noetl_internal.outcome []
)
returns noetl.loop
language plpgsql volatile
as $function$
declare
  v_slots record := noetl_internal.slot_states(p_loop_id, p_outcomes);
  v_loop noetl.loop;
  v_place bigint;
  v_next integer := 0;
begin
  select * into v_loop from noetl.loop as l
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id
  for no key update;
  v_loop.failed := v_loop.failed + v_slots.failed;
  if v_loop.status = 'running' and not noetl_internal.is_loop_lost(v_loop) then
    v_next := cardinality(v_slots.frames);
    v_place := greatest(v_loop.next_place, noetl_internal.served_place() + 1);
    perform noetl_internal.issue_batch(
      noetl_internal.draft_frames(v_loop, v_loop.issued, v_slots.frames, v_place)
    )
    where v_next > 0;
  end if;
  update noetl.loop as l
  set
    total = l.total + v_slots.done + v_slots.failed, done = l.done + v_slots.done,
    failed = l.failed + v_slots.failed, issued = l.issued + v_next,
    remaining_slots = l.remaining_slots - v_slots.finished + v_next,
    next_place = coalesce(v_place, l.next_place) + v_next,
    has_ctx_writes = l.has_ctx_writes or v_slots.has_ctx,
    first_error = case
      when (v_slots.error ->> 'item')::integer > (l.first_error ->> 'item')::integer
        then l.first_error
      else coalesce(v_slots.error, l.first_error)
    end,
    version = l.version + 1
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id
  returning l.* into v_loop;
  return v_loop;
end;
$function$;

comment on function noetl_internal.count_frames(bigint, bigint, noetl_internal.outcome [])
is 'Add finished frames to a cursor loop''s row, and issue the next ones.';
