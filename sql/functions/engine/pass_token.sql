-- Pass a token on from its finished step: one new token for each destination, ready to be routed;
-- several are the branches of a new split. Returns their descriptions, for the event that tells so.
-- Locks: the run row, which numbers tokens and splits, and knows the last step and that there are
-- new names to read.
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
  v_tokens jsonb;
begin
  update noetl.run as r
  set
    next_token_id = r.next_token_id + v_count,
    next_split_id = r.next_split_id + (v_count > 1)::integer,
    last_step = p_token.step, version = r.version + 1,
    context_version = nextval('noetl.event_id_seq')
  where r.execution_id = p_token.execution_id
  returning r.next_token_id - v_count as first_id, r.next_split_id - 1 as split_id into v_run;
  if v_count = 0 then
    return jsonb_build_array();
  end if;
  with passed as (
    insert into noetl.token as t (
      execution_id, token_id, step, status, split_ids, split_steps, input
    )
    select
      p_token.execution_id, v_run.first_id + d.place::integer - 1, d.step, 'ready',
      case when v_count > 1 then p_token.split_ids || v_run.split_id else p_token.split_ids end,
      case when v_count > 1 then p_token.split_steps || p_token.step else p_token.split_steps end,
      d.input
    from unnest(p_steps, p_inputs) with ordinality as d (step, input, place)
    returning t.token_id, noetl_internal.describe_token(t) as description
  )
  select jsonb_agg(p.description order by p.token_id) into v_tokens
  from passed as p;
  return v_tokens;
end;
$function$;

comment on function noetl_internal.pass_token(noetl.token, text [], jsonb [])
is 'Pass a token on from its finished step to its destinations.';
