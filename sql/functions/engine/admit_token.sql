-- Let an admitted token into its step, unless it must first have a place under a concurrency key:
-- then it waits for one. True when a worker got a command of it.
-- Locks: the caller holds the run row. Raises: NE46x of the step's expressions.
create or replace function noetl_internal.admit_token(
  p_run noetl.run,
  p_token noetl.token,
  p_definition jsonb
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_slot jsonb;
begin
  if coalesce(p_definition -> 'concurrency', 'null') <> 'null' then
    v_slot := noetl_internal.slot_of(
      p_token.execution_id, p_definition -> 'concurrency', p_token.input
    );
    perform noetl_internal.request_slot(
      p_token.execution_id, p_token.token_id, v_slot, false
    );
    if not exists (
      select from noetl.slot as s
      where
        s.execution_id = p_token.execution_id and s.token_id = p_token.token_id and s.is_held
    ) then
      update noetl.token as t
      set status = 'waiting_slot', slot_key = v_slot ->> 'key'
      where t.execution_id = p_token.execution_id and t.token_id = p_token.token_id;
      perform noetl_internal.mark_change('advance', p_token.execution_id);
      return false;
    end if;
  end if;
  return noetl_internal.enter_step(p_run, p_token, p_definition, v_slot);
end;
$function$;

comment on function noetl_internal.admit_token(noetl.run, noetl.token, jsonb)
is 'Let an admitted token into its step, once it has its place under a concurrency key.';
