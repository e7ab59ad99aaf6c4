-- Whether a branch of this playbook may not just end.
create or replace function noetl_internal.is_no_next_an_error(p_catalog_id bigint)
returns boolean
language plpgsql stable
as $function$
begin
  return (
    select coalesce((c.compiled ->> 'no_next_is_error')::boolean, false)
    from noetl.catalog as c
    where c.catalog_id = p_catalog_id
  );
end;
$function$;

comment on function noetl_internal.is_no_next_an_error(bigint)
is 'Whether a branch of this playbook may not just end.';
