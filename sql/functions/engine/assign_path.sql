-- Put a value at a path of a document, making the mappings on the way.
create or replace function noetl_internal.assign_path(
  p_document jsonb,
  p_path text [],
  p_value jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if cardinality(p_path) = 0 then
    return p_value;
  end if;
  if jsonb_typeof(p_document) is distinct from 'object' then
    p_document := '{}';
  end if;
  return p_document || jsonb_build_object(
    p_path[1],
    noetl_internal.assign_path(p_document -> p_path[1], p_path[2:], p_value)
  );
end;
$function$;

comment on function noetl_internal.assign_path(jsonb, text [], jsonb)
is 'Put a value at a path of a JSON document.';
