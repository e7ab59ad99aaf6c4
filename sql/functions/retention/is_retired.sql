-- Whether the events of an execution are gone, or going: its manifest tells what is kept.
create or replace function noetl_internal.is_retired(p_execution_id bigint)
returns boolean
language plpgsql stable
as $function$
begin
  return exists (
    select from noetl.manifest as m
    where m.execution_id = p_execution_id and m.kind <> 'rows'
  );
end;
$function$;

comment on function noetl_internal.is_retired(bigint)
is 'Whether the events of an execution are gone, or going.';
