-- Keep the result of a finished step readable by its name; a later activation replaces it.
-- p_result is what an event carries: {status, reference, context}. Of a result whose rows are
-- stored outside the database (reference.rows), context.data is the rest of the payload.
create or replace function noetl_internal.save_step_result(
  p_execution_id bigint,
  p_step text,
  p_result jsonb,
  p_error jsonb,
  p_loop_id bigint
)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.variable as v (
    execution_id, scope, name, value, envelope, loop_id, visit_count
  )
  values (
    p_execution_id, 'step', p_step,
    noetl_internal.result_value(p_result), noetl_internal.result_envelope(p_result, p_error),
    p_loop_id, 1
  )
  on conflict (execution_id, scope, name) do update
  set
    value = excluded.value, envelope = excluded.envelope, loop_id = excluded.loop_id,
    visit_count = v.visit_count + 1;
end;
$function$;

comment on function noetl_internal.save_step_result(bigint, text, jsonb, jsonb, bigint)
is 'Keep the result of a finished step readable by its name.';
