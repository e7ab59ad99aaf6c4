-- Write names of a run whose row the caller has locked: {"ctx.a.b": 1, "step.x": 2}; step.x goes to
-- the result of p_step.
-- Raises: 23514 when a ctx value is over the limit of variable_ctx_is_small.
create or replace function noetl_internal.write_names(
  p_execution_id bigint,
  p_writes jsonb,
  p_step text
)
returns void
language plpgsql volatile
as $function$
declare
  v_step jsonb;
  v_ctx jsonb;
begin
  select
    jsonb_object_agg(substr(w.key, 6), w.value) filter (where starts_with(w.key, 'step.')),
    jsonb_object_agg(substr(w.key, 5), w.value) filter (where starts_with(w.key, 'ctx.'))
  into v_step, v_ctx
  from jsonb_each(p_writes) as w;
  if v_step is not null then
    update noetl.variable as v
    set envelope = v.envelope || v_step
    where v.execution_id = p_execution_id and v.scope = 'step' and v.name = p_step;
  end if;
  perform noetl_internal.write_ctx(p_execution_id, v_ctx);
end;
$function$;

comment on function noetl_internal.write_names(bigint, jsonb, text)
is 'Write names of a run: ctx values, and what a step adds to its result.';
