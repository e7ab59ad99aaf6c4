-- Put a token on a step, ready to be routed; returns its description for the event that made it.
-- Locks: the run row, which numbers the tokens.
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
  v_token_id integer;
  v_token jsonb;
begin
  update noetl.run as r
  set next_token_id = r.next_token_id + 1
  where r.execution_id = p_execution_id
  returning r.next_token_id - 1 into v_token_id;
  insert into noetl.token as t (
    execution_id, token_id, step, status, split_ids, split_steps, input, has_joined
  )
  values (
    p_execution_id, v_token_id, p_step, 'ready', p_split_ids, p_split_steps, p_input, p_has_joined
  )
  returning noetl_internal.describe_token(t) into v_token;
  return v_token;
end;
$function$;

comment on function noetl_internal.add_token(bigint, text, integer [], text [], jsonb, boolean)
is 'Put a token on a step, ready to be routed.';
