-- The role under whose rights a schedule that p_role puts is to run: the owner of the one that it
-- replaces, else p_role itself.
-- Raises: NE403 when p_role is no member of that owner.
create or replace function noetl_internal.owner_of_schedule(
  p_name text,
  p_role name
)
returns name
language plpgsql stable
as $function$
declare
  v_owner name;
begin
  select s.run_as into v_owner from noetl.schedule as s where s.name = p_name;
  if not found then
    return p_role;
  elsif not exists (
    -- By oid: of a role that has been dropped nobody is a member, and that is no error.
    select from pg_catalog.pg_roles as r
    where r.rolname = v_owner and pg_has_role(p_role, r.oid, 'member')
  ) then
    raise exception 'schedule "%" belongs to role %', p_name, v_owner using
      errcode = 'NE403', hint = 'Choose another name, or act as that role.';
  end if;
  return v_owner;
end;
$function$;

comment on function noetl_internal.owner_of_schedule(text, name)
is 'The role under whose rights a schedule that a role puts is to run.';
