-- Insert a token that is ready to be routed; returns its description for the event that made it.
-- Locks: the caller holds the run row, which numbers tokens and places in line.
create or replace function noetl_internal.insert_token(
  p_execution_id bigint,
  p_token_id integer,
  p_step text,
  p_split_ids integer [],
  p_split_steps text [],
  p_input jsonb,
  p_has_joined boolean,
  p_place bigint
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_token jsonb;
begin
  insert into noetl.token as t (
    execution_id, token_id, step, status, split_ids, split_steps, input, has_joined, place
  )
  values (
    p_execution_id, p_token_id, p_step, 'ready', p_split_ids, p_split_steps, p_input,
    p_has_joined, p_place
  )
  returning noetl_internal.describe_token(t) into v_token;
  return v_token;
end;
$function$;

comment on function noetl_internal.insert_token(
  bigint, integer, text, integer [], text [], jsonb, boolean, bigint
) is 'Insert a token that is ready to be routed.';
