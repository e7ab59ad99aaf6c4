-- Evaluate a set: all right sides first, then the writes. Returns the ctx writes, {"path": value}.
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

  update noetl.variable as v
  set envelope = v.envelope || coalesce(
    (
      select jsonb_object_agg(substr(w.key, 6), w.value)
      from jsonb_each(v_writes) as w
      where w.key like 'step.%'
    ),
    '{}'
  )
  where
    v.execution_id = p_execution_id and v.scope = 'step' and v.name = p_step
    and exists (select from jsonb_object_keys(v_writes) as k (key) where k.key like 'step.%');

  select coalesce(jsonb_object_agg(substr(w.key, 5), w.value), '{}') into v_writes
  from jsonb_each(v_writes) as w
  where w.key like 'ctx.%';
  perform noetl_internal.write_ctx(p_execution_id, v_writes);
  return v_writes;
end;
$function$;

comment on function noetl_internal.apply_set(bigint, jsonb, jsonb, text)
is 'Evaluate a set and write it; returns the ctx writes.';
