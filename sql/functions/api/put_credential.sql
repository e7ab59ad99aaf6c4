-- Store a credential, encrypted by the client; true if it is new, false if it replaced one. A
-- managed one (embedded mode) never replaces a user's own definition.
-- Raises: NE422 for a bad name, NE403 when another role owns it.
create or replace function noetl.put_credential(
  p_name text,
  p_kind text,
  p_secret bytea,
  p_description text default null,
  p_managed boolean default false
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  v_owner name;
begin
  if coalesce(p_name, '') !~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$' then
    raise exception 'bad credential name "%"', left(p_name, 130) using
      errcode = 'NE422', hint = 'Use letters, digits, "_", "." and "-", at most 128 characters.';
  end if;
  insert into noetl.credential (
    name, kind, secret, description, is_managed, owner_role, created_at, updated_at
  )
  values (
    p_name, p_kind, p_secret, p_description, p_managed, session_user, noetl_internal.clock_now(),
    noetl_internal.clock_now()
  )
  on conflict do nothing;
  if found then
    return true;
  end if;

  update noetl.credential as c
  set
    kind = p_kind, secret = p_secret, description = p_description, is_managed = p_managed,
    updated_at = noetl_internal.clock_now()
  where
    c.name = p_name
    and (c.is_managed or not p_managed)
    and pg_has_role(session_user, c.owner_role, 'member');
  if found then
    return false;
  end if;
  select c.owner_role into v_owner from noetl.credential as c where c.name = p_name;
  if not pg_has_role(session_user, v_owner, 'member') then
    raise exception 'credential "%" belongs to role %', p_name, v_owner using
      errcode = 'NE403', hint = 'Choose another name, or act as that role.';
  end if;
  return false;
end;
$function$;

comment on function noetl.put_credential(text, text, bytea, text, boolean)
is 'Store a credential, encrypted by the client.';
revoke all on function noetl.put_credential(text, text, bytea, text, boolean) from public;
grant execute on function noetl.put_credential(text, text, bytea, text, boolean) to noetl_author;
