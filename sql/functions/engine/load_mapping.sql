-- The part of ctx or workload that the listed names read: some keys, or all when one of them needs
-- the whole.
create or replace function noetl_internal.load_mapping(
  p_execution_id bigint,
  p_scope text,
  p_names jsonb
)
returns jsonb
language plpgsql stable
as $function$
begin
  return (
    select coalesce(jsonb_object_agg(v.name, v.value), '{}')
    from noetl.variable as v
    where
      v.execution_id = p_execution_id
      and v.scope = p_scope
      and (
        p_names @> jsonb_build_array(jsonb_build_array(p_scope, v.name))
        or exists (
          select from jsonb_array_elements(p_names) as n (value)
          where n.value = jsonb_build_array(p_scope)
        )
      )
  );
end;
$function$;

comment on function noetl_internal.load_mapping(bigint, text, jsonb)
is 'The part of ctx or workload that some names read.';
