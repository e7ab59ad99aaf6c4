-- Issue the next items of a loop, as its window allows once p_finishing more are finished, at most
-- p_limit of them; returns how many are new, and how many were issued before a retry_execution. The
-- caller moves the cursor (count_loop) later in the same transaction, so that the loop row stays
-- free while commands are being issued.
-- Locks: the caller holds the loop's counting lock.
create or replace function noetl_internal.draw_items(
  p_execution_id bigint,
  p_loop_id bigint,
  p_finishing integer,
  p_limit integer,
  out drawn integer,
  out repeated integer
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  v_loop noetl.loop;
  v_room integer;
  v_place bigint;
begin
  drawn := 0;
  repeated := 0;
  select * into v_loop from noetl.loop as l
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id;
  v_room := least(
    v_loop.max_in_flight
    - (v_loop.issued - v_loop.done - v_loop.failed - v_loop.to_repeat - p_finishing),
    p_limit
  );
  if v_loop.status not in ('expanding', 'running') or v_room <= 0 then
    return;
  end if;
  v_place := greatest(v_loop.next_place, noetl_internal.served_place() + 1);
  if v_loop.to_repeat > 0 then
    repeated := noetl_internal.repeat_items(v_loop, v_room, v_place);
    v_room := v_room - repeated;
  end if;
  drawn := least(v_loop.total - v_loop.issued, v_room);
  if drawn > 0 then
    perform noetl_internal.issue_batch(
      noetl_internal.draft_items(v_loop, v_loop.issued, drawn, v_place + repeated)
    );
  end if;
end;
$function$;

comment on function noetl_internal.draw_items(bigint, bigint, integer, integer)
is 'Issue the next items of a loop, as its window allows.';
