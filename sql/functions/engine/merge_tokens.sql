-- Replace the tokens that arrived at a join by one, ready to be routed, outside any split inside
-- the one that meets here; outside that one too, unless other tokens of it live: a later join may
-- bring them together. Inputs are merged in token order.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.merge_tokens(
  p_execution_id bigint,
  p_token_ids integer [],
  p_depth integer
)
returns void
language plpgsql volatile
as $function$
declare
  v_first noetl.token;
  v_input jsonb;
  v_depth integer;
  v_token jsonb;
begin
  select * into v_first from noetl.token as t
  where t.execution_id = p_execution_id and t.token_id = p_token_ids[1];
  select jsonb_object_agg(i.key, i.value order by t.token_id) into v_input
  from noetl.token as t
  cross join jsonb_each(t.input) as i
  where
    t.execution_id = p_execution_id
    and t.token_id = any(p_token_ids)
    and i.key <> '_partial';

  delete from noetl.token as t
  where t.execution_id = p_execution_id and t.token_id = any(p_token_ids);
  v_depth := case
    when exists (
      select from noetl.token as t
      where t.execution_id = p_execution_id and v_first.split_ids[p_depth] = any(t.split_ids)
    )
      then p_depth
    else p_depth - 1
  end;
  v_token := noetl_internal.add_token(
    p_execution_id, v_first.step, v_first.split_ids[:v_depth], v_first.split_steps[:v_depth],
    v_input, true
  );
  perform noetl_internal.append_event(
    p_execution_id, null, 'step.enter', v_first.step, 'joined',
    jsonb_build_object('tokens', jsonb_build_array(v_token)), null,
    jsonb_build_object('joined', to_jsonb(p_token_ids))
  );
end;
$function$;

comment on function noetl_internal.merge_tokens(bigint, integer [], integer)
is 'Replace the tokens that arrived at a join by one.';
