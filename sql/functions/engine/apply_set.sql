-- Evaluate a set: all right sides first, then the writes. Returns the writes,
-- {"ctx.path": value, "step.name": value}.
-- Locks: the caller holds the run row. Raises: NE461 … NE464 with the target named in the message.
create or replace function noetl_internal.apply_set(
  p_execution_id bigint,
  p_set jsonb,
  p_locals jsonb,
  p_step text
)
returns jsonb
language plpgsql volatile
as $function$
declare
  v_writes jsonb;
begin
  if coalesce(p_set, '[]') = '[]' then
    return '{}'::jsonb;
  end if;
  select
    jsonb_object_agg(
      s.value ->> 'target',
      noetl_internal.evaluate_defined(
        p_execution_id, s.value -> 'value', p_locals, p_step, 'set ' || (s.value ->> 'target')
      )
    )
  into v_writes
  from jsonb_array_elements(p_set) as s (value);

  perform noetl_internal.write_names(p_execution_id, v_writes, p_step);
  return v_writes;
end;
$function$;

comment on function noetl_internal.apply_set(bigint, jsonb, jsonb, text)
is 'Evaluate a set and write it; returns the ctx writes.';
