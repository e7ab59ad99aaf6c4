-- Make the tokens of a live run from its events. What waits for others is ready here: routing it
-- again parks it again. What failed before a retry_execution lives again, and enters its step again
-- unless a loop of it is to go on.
create or replace function noetl_internal.rebuild_tokens(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
declare
  v_queue jsonb := noetl_internal.told_queue(p_run.execution_id);
begin
  insert into noetl.token (
    execution_id, token_id, step, status, split_ids, split_steps, input, issue, wake_at, signal,
    slot_key, has_joined, place
  )
  select
    p_run.execution_id, t.token_id, t.token ->> 'step',
    case
      when e.wait ->> 'signal' is not null then 'waiting_signal'
      when e.wait is not null then 'waiting_time'
      when e.has_entered or e.has_loop then 'active'
      when (v_queue ->> 'is_held')::boolean is false then 'waiting_slot'
      else 'ready'
    end,
    array(select jsonb_array_elements_text(t.token -> 'split_ids')::integer),
    array(select jsonb_array_elements_text(t.token -> 'split_steps')),
    t.token -> 'input', coalesce(e.issue, 1), (e.wait ->> 'wake_at')::timestamptz,
    e.wait ->> 'signal',
    case
      when e.has_entered or e.has_loop then e.slot ->> 'key'
      when (v_queue ->> 'is_held')::boolean is false then v_queue ->> 'key'
    end,
    coalesce((t.token ->> 'has_joined')::boolean, false), 0
  from noetl_internal.told_tokens(p_run.execution_id) as t
  left join noetl_internal.told_entries(p_run.execution_id) as e on e.token_id = t.token_id
  where
    p_run.finished_at is null
    and e.is_gone is not true
    and not exists (
      select from noetl.event as j
      where
        j.execution_id = p_run.execution_id
        and j.event_type = 'step.enter'
        and j.meta -> 'joined' @> to_jsonb(t.token_id)
    );
end;
$function$;

comment on function noetl_internal.rebuild_tokens(noetl.run)
is 'Make the tokens of a live run from its events.';
