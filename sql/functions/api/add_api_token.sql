-- Add a token of the HTTP API, of which only the SHA-256 hash is kept; false for an exact repeat.
-- The scopes are worker, operator (which implies reader), reader. Its holder acts with the rights
-- of the API's database role, so only the owner adds tokens.
-- Locks: none. Raises: NE422.
create or replace function noetl.add_api_token(
  p_name text,
  p_hash bytea,
  p_scopes text [],
  p_expires_at timestamptz default null
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  if
    coalesce(p_name, '') = '' or length(p_name) > 200 or octet_length(p_hash) is distinct from 32
    or coalesce(cardinality(p_scopes), 0) = 0
    or not p_scopes <@ array['worker', 'operator', 'reader']
  then
    raise exception 'a token needs a name of at most 200 characters, a SHA-256 hash, and scopes'
    using errcode = 'NE422', hint = 'The scopes are worker, operator and reader.';
  end if;
  if p_expires_at <= noetl_internal.clock_now() then
    raise exception 'token "%" would have expired already', p_name using
      errcode = 'NE422', hint = 'Give a time in the future.';
  end if;
  insert into noetl.api_token (name, token_hash, scopes, created_by, created_at, expires_at)
  values (p_name, p_hash, p_scopes, session_user, noetl_internal.clock_now(), p_expires_at)
  on conflict do nothing;
  if found then
    return true;
  end if;
  if exists (
    select from noetl.api_token as t
    where t.token_hash = p_hash and t.name = p_name and t.revoked_at is null
  ) then
    return false;
  end if;
  raise exception 'there is a token "%" already', p_name using
    errcode = 'NE422', hint = 'Choose another name, or revoke that one: noetl token revoke.';
end;
$function$;

comment on function noetl.add_api_token(text, bytea, text [], timestamptz)
is 'Add a token of the HTTP API; only its hash is kept.';
revoke all on function noetl.add_api_token(text, bytea, text [], timestamptz) from public;
grant execute on function noetl.add_api_token(text, bytea, text [], timestamptz) to noetl_owner;
