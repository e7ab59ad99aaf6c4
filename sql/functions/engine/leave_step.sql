-- Route on from a finished step: its set, its arcs, their sets and inputs; new tokens for the
-- destinations. Returns what the step.exit event tells: {"set": writes, "tokens"}.
-- Locks: the caller holds the run row.
-- Raises: NE46x of the step's expressions; NE465 when no arc takes up a failure, or none matches
-- and one must.
create or replace function noetl_internal.leave_step(
  p_token noetl.token,
  p_definition jsonb,
  p_catalog_id bigint,
  p_locals jsonb,
  p_error jsonb
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_execution_id bigint := p_token.execution_id;
  v_writes jsonb;
  v_arcs jsonb [];
  v_arc jsonb;
  v_steps text [] := array[]::text [];
  v_inputs jsonb [] := array[]::jsonb [];
  v_tokens jsonb;
begin
  v_writes := noetl_internal.apply_set(
    v_execution_id,
    case
      when p_error is null then p_definition -> 'set'
      else noetl_internal.defined_entries(
        v_execution_id, p_definition -> 'set', p_locals, p_token.step
      )
    end,
    p_locals, p_token.step
  );
  v_arcs := noetl_internal.choose_arcs(
    v_execution_id, p_definition -> 'next', p_locals, p_token.step
  );
  if
    cardinality(v_arcs) = 0
    and (
      p_error is not null
      or p_definition @? '$.next.arcs[*] ? (@.on == null)'
      and noetl_internal.is_no_next_an_error(p_catalog_id)
    )
  then
    raise exception 'no arc takes up how step % ended', p_token.step using
      errcode = 'NE465', hint = 'Add an arc whose condition matches.';
  end if;
  foreach v_arc in array v_arcs loop
    v_writes := noetl_internal.merge_writes(
      v_writes,
      noetl_internal.apply_set(v_execution_id, v_arc -> 'set', p_locals, p_token.step)
    );
    v_steps := v_steps || (v_arc ->> 'step');
    v_inputs := v_inputs || case
      when v_arc ->> 'input' is not null
        then noetl_internal.evaluate(v_execution_id, v_arc -> 'input', p_locals, p_token.step)
    end;
  end loop;
  v_tokens := noetl_internal.pass_token(p_token, v_steps, v_inputs);
  return
    case when v_writes = '{}' then '{}' else jsonb_build_object('set', v_writes) end
    || case when v_tokens = '[]' then '{}' else jsonb_build_object('tokens', v_tokens) end;
end;
$function$;

comment on function noetl_internal.leave_step(noetl.token, jsonb, bigint, jsonb, jsonb)
is 'Route on from a finished step.';
