-- Put a token on a step, ready to be routed; returns its description for the event that made it.
-- Locks: the run row, which numbers tokens and places in line.
create or replace function noetl_internal.add_token(
  p_execution_id bigint,
  p_step text,
  p_split_ids integer [],
  p_split_steps text [],
  p_input jsonb,
  p_has_joined boolean
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_run record;
begin
  update noetl.run as r
  set
    next_token_id = r.next_token_id + 1,
    next_place = noetl_internal.last_place(r.execution_id, r.next_place, r.next_token_id) + 1
  where r.execution_id = p_execution_id
  returning r.next_token_id - 1 as token_id, r.next_place into v_run;
  return noetl_internal.insert_token(
    p_execution_id, v_run.token_id, p_step, p_split_ids, p_split_steps, p_input, p_has_joined,
    v_run.next_place
  );
end;
$function$;

comment on function noetl_internal.add_token(bigint, text, integer [], text [], jsonb, boolean)
is 'Put a token on a step, ready to be routed.';
