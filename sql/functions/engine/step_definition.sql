-- The compiled definition of a step (docs/protocol.md).
create or replace function noetl_internal.step_definition(
  p_catalog_id bigint,
  p_step text
)
returns jsonb
language plpgsql stable
as $function$
begin
  return (
    select s.definition
    from noetl.catalog_step as s
    where s.catalog_id = p_catalog_id and s.step = p_step
  );
end;
$function$;

comment on function noetl_internal.step_definition(bigint, text)
is 'The compiled definition of a step.';
