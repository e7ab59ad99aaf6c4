-- The entries of a failed step's set that can be evaluated: most read the result that it does not
-- have, and must not hide why it failed.
-- Locks: none. Never raises for what an expression lacks.
create or replace function noetl_internal.defined_entries(
  p_execution_id bigint,
  p_set jsonb,
  p_locals jsonb,
  p_step text
)
returns jsonb
language plpgsql stable
as $function$
declare
  v_entry jsonb;
  v_defined jsonb := jsonb_build_array();
begin
  -- A row loop, because each entry may fail on its own; bounded by the document.
  for v_entry in
    select s.value
    from jsonb_array_elements(coalesce(p_set, '[]')) with ordinality as s (value, place)
    order by s.place
  loop
    begin
      perform noetl_internal.evaluate_defined(
        p_execution_id, v_entry -> 'value', p_locals, p_step, v_entry ->> 'target'
      );
      v_defined := v_defined || jsonb_build_array(v_entry);
    exception
      when sqlstate 'NE461' or sqlstate 'NE462' then
        null;  -- the step's own error is the one to tell
    end;
  end loop;
  return v_defined;
end;
$function$;

comment on function noetl_internal.defined_entries(bigint, jsonb, jsonb, text)
is 'The entries of a failed step''s set that can be evaluated.';
revoke all on function noetl_internal.defined_entries(bigint, jsonb, jsonb, text) from public;
