-- Whether there is a schedule of this name.
-- Raises: NE403 when it is not p_role's to manage.
create or replace function noetl_internal.has_schedule(
  p_name text,
  p_role name
)
returns boolean
language plpgsql stable
as $function$
declare
  v_owner name;
begin
  select s.run_as into v_owner from noetl.schedule as s where s.name = p_name;
  if not found then
    return false;
  elsif not noetl_internal.may_manage_schedule(v_owner, p_role) then
    raise exception 'schedule "%" belongs to role %', p_name, v_owner using
      errcode = 'NE403', hint = 'Act as that role, or ask an operator.';
  end if;
  return true;
end;
$function$;

comment on function noetl_internal.has_schedule(text, name)
is 'Whether there is a schedule of this name.';
