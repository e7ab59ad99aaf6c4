-- The place in line that was served last: where a newcomer joins.
create or replace function noetl_internal.served_place()
returns bigint
language plpgsql volatile
as $function$
begin
  return (
    select c.last_value
    from noetl.virtual_clock as c
  );
end;
$function$;

comment on function noetl_internal.served_place() is 'The place in line that was served last.';
