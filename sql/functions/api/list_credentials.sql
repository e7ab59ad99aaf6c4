-- The credentials the caller may use; never their secrets.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_credentials()
returns table (
  name text,
  kind text,
  description text,
  managed boolean,
  owner_role name,
  created_at timestamptz,
  updated_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select c.name, c.kind, c.description, c.is_managed, c.owner_role, c.created_at, c.updated_at
  from noetl.credential as c
  where noetl_internal.may_use_credential(c.name, session_user)
  order by c.name
$function$;

comment on function noetl.list_credentials()
is 'The credentials the caller may use; never their secrets.';
revoke all on function noetl.list_credentials() from public;
grant execute on function noetl.list_credentials() to noetl_author, noetl_runner;
