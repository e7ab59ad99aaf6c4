-- The reusable tools of a document by name.
-- Locks: none. Never raises.
create or replace function noetl_internal.workbook_tools(p_content jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        jsonb_object_agg(
          noetl_internal.text_of(w.value -> 'name'),
          (w.value - 'tool') || noetl_internal.mapping_of(w.value -> 'tool')
        ),
        '{}'
      )
    from jsonb_array_elements(noetl_internal.list_of(p_content -> 'workbook')) as w (value)
    where noetl_internal.text_of(w.value -> 'name') is not null
  );
end;
$function$;

comment on function noetl_internal.workbook_tools(jsonb)
is 'The reusable tools of a document by name.';
