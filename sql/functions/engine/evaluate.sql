-- The value of a compiled template in a run; null when it is undefined as a whole.
-- Raises: NE461 … NE464 as evaluate_template does.
create or replace function noetl_internal.evaluate(
  p_execution_id bigint,
  p_compiled jsonb,
  p_locals jsonb,
  p_step text default null
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_scope jsonb;
begin
  v_scope := noetl_internal.load_scope(p_execution_id, p_compiled -> 'names', p_locals, p_step);
  return noetl_internal.evaluate_template(
    p_compiled -> 'node', v_scope -> 'names', v_scope -> 'views'
  );
end;
$function$;

comment on function noetl_internal.evaluate(bigint, jsonb, jsonb, text)
is 'The value of a compiled template in a run.';
