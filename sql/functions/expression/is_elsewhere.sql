-- Whether the value at a path inside a payload, or part of it, is among the rows that are stored
-- outside the database: p_rows is {"at": ["rows", …]}, the places of these rows in the payload.
-- Locks: none. Never raises.
create or replace function noetl_internal.is_elsewhere(
  p_rows jsonb,
  p_inside text[]
)
returns boolean
language plpgsql immutable parallel safe
as $function$
declare
  v_place text;
  v_steps text[];
  v_depth integer;
begin
  for v_place in select jsonb_array_elements_text(p_rows -> 'at') loop
    v_steps := string_to_array(v_place, '.');
    v_depth := least(cardinality(v_steps), coalesce(cardinality(p_inside), 0));
    if v_steps[:v_depth] = p_inside[:v_depth] then
      return true;
    end if;
  end loop;
  return false;
end;
$function$;

comment on function noetl_internal.is_elsewhere(jsonb, text[])
  is 'Whether a value inside a payload is among the rows that are stored elsewhere.';
revoke all on function noetl_internal.is_elsewhere(jsonb, text[]) from public;
