-- The tokens of the HTTP API, newest first; never the tokens themselves, nor their hashes.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_api_tokens()
returns table (
  name text,
  scopes text [],
  created_by name,
  created_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select
    t.name, t.scopes, t.created_by, t.created_at, t.expires_at, t.revoked_at, t.last_used_at
  from noetl.api_token as t
  order by t.created_at desc, t.name
$function$;

comment on function noetl.list_api_tokens() is 'The tokens of the HTTP API, newest first.';
revoke all on function noetl.list_api_tokens() from public;
grant execute on function noetl.list_api_tokens() to noetl_operator;
