-- Whether a compiled condition holds in a run; an absent one (else) does.
-- Raises: NE462 … NE464 as evaluate_condition does.
create or replace function noetl_internal.is_true(
  p_execution_id bigint,
  p_condition jsonb,
  p_locals jsonb,
  p_step text default null
)
returns boolean
language plpgsql stable
as $function$
declare
  v_scope jsonb;
begin
  if p_condition is null or p_condition = 'null' then
    return true;
  end if;
  v_scope := noetl_internal.load_scope(p_execution_id, p_condition -> 'names', p_locals, p_step);
  return noetl_internal.evaluate_condition(
    p_condition -> 'node', v_scope -> 'names', v_scope -> 'views'
  );
end;
$function$;

comment on function noetl_internal.is_true(bigint, jsonb, jsonb, text)
is 'Whether a compiled condition holds in a run.';
