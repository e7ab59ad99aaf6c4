-- Hand a chunk to the steps that want it: every arc "on: call.partial" whose condition holds
-- writes its set and makes a token. Returns what the event tells, {"split_id", "set", "tokens"};
-- empty when no arc did. p_mark is the chunk's (chunk_mark), p_split_id that of the chunks before.
-- Locks: the caller holds the run row. Raises: NE461 … NE464 of the arcs' expressions.
create or replace function noetl_internal.deliver_chunk(
  p_token noetl.token,
  p_definition jsonb,
  p_mark jsonb,
  p_split_id integer
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_locals jsonb := noetl_internal.entry_locals(
    p_token.execution_id, coalesce(p_token.input, '{}') || jsonb_build_object('_partial', p_mark)
  );
  v_writes jsonb := jsonb_build_object();
  v_input jsonb;
  v_steps text [] := array[]::text [];
  v_inputs jsonb [] := array[]::jsonb [];
  v_arc jsonb;
  v_at bigint;
begin
  -- A row loop, because each arc sees what those before it have set; bounded by the document.
  for v_arc, v_at in
    select a.value, a.place - 1
    from jsonb_array_elements(p_definition #> '{next,arcs}') with ordinality as a (value, place)
    where a.value ->> 'on' = 'call.partial'
    order by a.place
  loop
    continue when not noetl_internal.is_true(
      p_token.execution_id, v_arc -> 'when', v_locals, null, format('next.arcs[%s].when', v_at)
    );
    v_writes := noetl_internal.merge_writes(
      v_writes,
      noetl_internal.apply_set(p_token.execution_id, v_arc -> 'set', v_locals, null)
    );
    v_input := coalesce(
      case
        when v_arc ->> 'input' is not null
          then noetl_internal.evaluate(p_token.execution_id, v_arc -> 'input', v_locals)
      end,
      '{}'
    );
    if jsonb_typeof(v_input) <> 'object' then
      raise exception 'the input of the arc to % is a %, not a mapping', v_arc ->> 'step',
        noetl_internal.python_type(v_input)
      using errcode = 'NE462', hint = 'Give the input as names and values.';
    end if;
    v_steps := v_steps || (v_arc ->> 'step');
    v_inputs := v_inputs || (
      v_input || jsonb_build_object(
        '_partial', p_mark || jsonb_build_object('max_in_flight', v_arc -> 'max_in_flight')
      )
    );
  end loop;
  return
    case when v_writes = '{}' then '{}' else jsonb_build_object('set', v_writes) end
    || case
      when v_steps = '{}' then '{}'
      else noetl_internal.branch_token(p_token, p_split_id, v_steps, v_inputs)
    end;
end;
$function$;

comment on function noetl_internal.deliver_chunk(noetl.token, jsonb, jsonb, integer)
is 'Hand a chunk to the steps that want it.';
