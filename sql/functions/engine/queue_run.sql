-- Let a new run wait for its place under its playbook's concurrency key; false when it has no such
-- limit.
-- Raises: NE46x of the key's templates.
create or replace function noetl_internal.queue_run(
  p_execution_id bigint,
  p_concurrency jsonb
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_slot jsonb := noetl_internal.slot_of(p_execution_id, p_concurrency, null);
begin
  if v_slot is null then
    return false;
  end if;
  perform noetl_internal.request_slot(p_execution_id, 0, v_slot, false);
  update noetl.token as t
  set status = 'waiting_slot', slot_key = v_slot ->> 'key'
  where t.execution_id = p_execution_id;
  perform noetl_internal.settle_run(r)
  from noetl.run as r
  where r.execution_id = p_execution_id;
  perform noetl_internal.append_event(
    p_execution_id, null, 'execution.queued', p_status => 'waiting',
    p_context => jsonb_build_object('concurrency', v_slot)
  );
  perform noetl_internal.mark_change('advance', p_execution_id);
  return true;
end;
$function$;

comment on function noetl_internal.queue_run(bigint, jsonb)
is 'Let a new run wait for its place under its playbook''s concurrency key.';
