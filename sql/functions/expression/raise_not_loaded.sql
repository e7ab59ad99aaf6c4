-- Complain that an expression reads a payload which is stored outside the database.
-- Locks: none. Raises: NE464 always.
create or replace function noetl_internal.raise_not_loaded(p_name text)
returns void
language plpgsql immutable parallel safe
as $function$
begin
  raise exception 'the result of "%" is stored outside the database; SQL cannot read it',
    p_name using
    errcode = 'NE464',
    hint = 'List the fields that are needed under output_select of that step, or use a tool.';
end;
$function$;

comment on function noetl_internal.raise_not_loaded(text)
  is 'Complain that an expression reads a payload which is stored outside the database.';
revoke all on function noetl_internal.raise_not_loaded(text) from public;
