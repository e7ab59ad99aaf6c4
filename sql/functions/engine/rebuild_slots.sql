-- Make the places of a live run under concurrency keys from its events; who waits for one asks
-- again when it is routed.
create or replace function noetl_internal.rebuild_slots(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
declare
  v_queue jsonb := noetl_internal.told_queue(p_run.execution_id);
begin
  if p_run.finished_at is not null then
    return;
  end if;
  if v_queue is not null then
    perform noetl_internal.request_slot(
      p_run.execution_id, 0, v_queue, (v_queue ->> 'is_held')::boolean
    );
  end if;
  perform noetl_internal.request_slot(p_run.execution_id, t.token_id, e.slot, true)
  from noetl.token as t
  inner join noetl_internal.told_entries(p_run.execution_id) as e on e.token_id = t.token_id
  where
    t.execution_id = p_run.execution_id
    and t.status not in ('ready', 'waiting_slot')
    and e.slot is not null;
end;
$function$;

comment on function noetl_internal.rebuild_slots(noetl.run)
is 'Make the places of a live run under concurrency keys from its events.';
