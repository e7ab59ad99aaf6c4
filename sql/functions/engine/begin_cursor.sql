-- Begin a loop whose workers claim the rows themselves: its row, its event, and the first frame of
-- each slot.
-- Locks: the caller holds the run row. Raises: NE46x of loop.spec.
create or replace function noetl_internal.begin_cursor(
  p_run noetl.run,
  p_token noetl.token,
  p_definition jsonb
)
returns void
language plpgsql volatile
as $function$
declare
  v_frame jsonb := noetl_internal.loop_frame(
    p_run.execution_id, p_token, p_definition -> 'loop'
  );
  v_loop noetl.loop := noetl_internal.add_loop(
    p_run, p_token, p_definition, nextval('noetl.loop_id_seq'), null,
    jsonb_build_object('frame', v_frame)
  );
begin
  perform noetl_internal.issue_batch(
    noetl_internal.draft_frames(
      v_loop, 0, array_fill(v_frame, array[v_loop.remaining_slots]),
      noetl_internal.served_place() + 1
    )
  );
end;
$function$;

comment on function noetl_internal.begin_cursor(noetl.run, noetl.token, jsonb)
is 'Begin a loop whose workers claim the rows themselves.';
