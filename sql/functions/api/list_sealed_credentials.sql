-- Every credential as its client has sealed it, for who seals them anew with another key.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_sealed_credentials()
returns table (name text, secret bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select c.name, c.secret from noetl.credential as c order by c.name
$function$;

comment on function noetl.list_sealed_credentials()
is 'Every credential as its client has sealed it.';
revoke all on function noetl.list_sealed_credentials() from public;
grant execute on function noetl.list_sealed_credentials() to noetl_owner;
