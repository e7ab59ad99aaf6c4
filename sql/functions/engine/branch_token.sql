-- Branch from a token that stays at work: one new token for each destination of a chunk of it,
-- ready to be routed. The first time (without p_split_id) the token becomes a branch of a new
-- split, as its chunks are; several tokens of one chunk are a split within that one. Returns
-- {"split_id", "tokens"}, also the token itself when its splits have changed, for the event that
-- tells so.
-- Locks: the run row, which numbers tokens, splits and places in line.
create or replace function noetl_internal.branch_token(
  p_token noetl.token,
  p_split_id integer,
  p_steps text [],
  p_inputs jsonb []
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_count integer := cardinality(p_steps);
  v_run record;
  v_token noetl.token := p_token;
  v_tokens jsonb := jsonb_build_array();
begin
  update noetl.run as r
  set
    next_token_id = r.next_token_id + v_count, version = r.version + 1,
    next_split_id = r.next_split_id + (p_split_id is null)::integer + (v_count > 1)::integer,
    next_place =
    noetl_internal.last_place(r.execution_id, r.next_place, p_token.token_id) + v_count
  where r.execution_id = p_token.execution_id
  returning
    r.next_token_id - v_count - 1 as last_id, r.next_split_id - 1 as last_split_id,
    r.next_place - v_count as last_place
  into v_run;
  if p_split_id is null then
    update noetl.token as t
    set
      split_ids = t.split_ids || (v_run.last_split_id - (v_count > 1)::integer),
      split_steps = t.split_steps || t.step
    where t.execution_id = p_token.execution_id and t.token_id = p_token.token_id
    returning t.* into v_token;
    v_tokens := jsonb_build_array(noetl_internal.describe_token(v_token));
  end if;
  if v_count > 1 then
    v_token.split_ids := v_token.split_ids || v_run.last_split_id;
    v_token.split_steps := v_token.split_steps || noetl_internal.chunk_split(v_token.step);
  end if;
  for v_at in 1..v_count loop
    v_tokens := v_tokens || (
      noetl_internal.insert_token(
        v_token.execution_id, v_run.last_id + v_at, p_steps[v_at], v_token.split_ids,
        v_token.split_steps, p_inputs[v_at], false, v_run.last_place + v_at
      ) #- '{input,_partial}'
      || jsonb_build_object('max_in_flight', p_inputs[v_at] #> '{_partial,max_in_flight}')
    );
  end loop;
  return jsonb_build_object(
    'split_id',
    coalesce(p_split_id, v_run.last_split_id - (v_count > 1)::integer), 'tokens', v_tokens
  );
end;
$function$;

comment on function noetl_internal.branch_token(noetl.token, integer, text [], jsonb [])
is 'Branch from a token that stays at work.';
