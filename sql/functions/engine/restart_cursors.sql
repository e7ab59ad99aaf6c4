-- Begin the slots of a run's cursor loops anew that were stopped before a retry_execution and have
-- had no frame since.
create or replace function noetl_internal.restart_cursors(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
declare
  v_retried_at bigint := noetl_internal.retried_at(p_run.execution_id);
  v_loop noetl.loop;
  v_frame jsonb;
begin
  -- A row loop over the live cursor loops of the run, one or few.
  for v_loop in
    select l.* from noetl."loop" as l  -- quoted: the bare word would end the for clause
    where
      v_retried_at > 0
      and l.execution_id = p_run.execution_id
      and l.mode = 'cursor' and l.status = 'running' and l.remaining_slots = 0
      and not exists (
        select from noetl.event as i
        where
          i.execution_id = p_run.execution_id
          and i.meta ? 'loop_id'
          and i.meta ->> 'loop_id' = l.loop_id::text
          and i.event_type = 'command.issued'
          and i.event_id > v_retried_at
      )
    order by l.loop_id
  loop
    select s.context -> 'frame' into v_frame from noetl.event as s
    where
      s.execution_id = p_run.execution_id
      and s.meta ? 'loop_id'
      and s.meta ->> 'loop_id' = v_loop.loop_id::text
      and s.event_type = 'loop.started';
    perform noetl_internal.issue_batch(
      noetl_internal.draft_frames(
        v_loop, v_loop.issued, array_fill(v_frame, array[v_loop.max_in_flight]),
        noetl_internal.served_place() + 1
      )
    );
    update noetl.loop as l
    set issued = l.issued + l.max_in_flight, remaining_slots = l.max_in_flight
    where l.execution_id = p_run.execution_id and l.loop_id = v_loop.loop_id;
  end loop;
end;
$function$;

comment on function noetl_internal.restart_cursors(noetl.run)
is 'Begin the slots of cursor loops anew after a retry_execution.';
