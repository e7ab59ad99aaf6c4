-- Pass a token on from its finished step: one new token for each destination, ready to be routed;
-- several are the branches of a new split. Returns their descriptions, for the event that tells so.
-- Locks: the run row, which numbers tokens, splits and places in line, and knows the last step and
-- that there are new names to read.
create or replace function noetl_internal.pass_token(
  p_token noetl.token,
  p_steps text [],
  p_inputs jsonb []
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_count integer := cardinality(p_steps);
  v_run record;
  v_split_ids integer [] := p_token.split_ids;
  v_split_steps text [] := p_token.split_steps;
  v_tokens jsonb := jsonb_build_array();
begin
  update noetl.run as r
  set
    next_token_id = r.next_token_id + v_count,
    next_split_id = r.next_split_id + (v_count > 1)::integer,
    next_place =
    noetl_internal.last_place(r.execution_id, r.next_place, p_token.token_id) + v_count,
    last_step = p_token.step, version = r.version + 1,
    context_version = nextval('noetl.event_id_seq')
  where r.execution_id = p_token.execution_id
  returning
    r.next_token_id - v_count - 1 as last_id, r.next_split_id - 1 as split_id,
    r.next_place - v_count as last_place
  into v_run;
  if v_count > 1 then
    v_split_ids := v_split_ids || v_run.split_id;
    v_split_steps := v_split_steps || p_token.step;
  end if;
  -- A statement for each: nearly always there is one, and of many a document has no more arcs.
  for v_at in 1..v_count loop
    v_tokens := v_tokens || noetl_internal.insert_token(
      p_token.execution_id, v_run.last_id + v_at, p_steps[v_at], v_split_ids, v_split_steps,
      p_inputs[v_at], false, v_run.last_place + v_at
    );
  end loop;
  return v_tokens;
end;
$function$;

comment on function noetl_internal.pass_token(noetl.token, text [], jsonb [])
is 'Pass a token on from its finished step to its destinations.';
