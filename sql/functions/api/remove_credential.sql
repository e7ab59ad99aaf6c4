-- Remove a credential; false when there is none of that name.
-- Raises: NE403 when another role owns it.
create or replace function noetl.remove_credential(p_name text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  delete from noetl.credential as c
  where c.name = p_name and pg_has_role(session_user, c.owner_role, 'member');
  if found then
    return true;
  end if;
  if exists (select from noetl.credential as c where c.name = p_name) then
    raise exception 'credential "%" belongs to another role', p_name using
      errcode = 'NE403', hint = 'Act as the role that owns it.';
  end if;
  return false;
end;
$function$;

comment on function noetl.remove_credential(text) is 'Remove a credential.';
revoke all on function noetl.remove_credential(text) from public;
grant execute on function noetl.remove_credential(text) to noetl_author;
