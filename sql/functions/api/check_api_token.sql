-- The name and the scopes of the token with this SHA-256 hash, those that its own imply included;
-- no row when it is unknown, expired or revoked. Notes its use, to the minute.
-- Locks: the token's row, when it notes. Raises: nothing.
create or replace function noetl.check_api_token(p_hash bytea)
returns table (name text, scopes text [])
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
declare
  v_now constant timestamptz := noetl_internal.clock_now();
begin
  update noetl.api_token as t set last_used_at = v_now
  where
    t.token_hash = p_hash
    and (t.last_used_at is null or t.last_used_at < v_now - interval '1 minute');
  return query
  select
    t.name, case when 'operator' = any(t.scopes) then t.scopes || 'reader'::text else t.scopes end
  from noetl.api_token as t
  where
    t.token_hash = p_hash and t.revoked_at is null
    and (t.expires_at is null or t.expires_at > v_now);
end;
$function$;

comment on function noetl.check_api_token(bytea)
is 'The name and the scopes of a valid token, given its hash.';
revoke all on function noetl.check_api_token(bytea) from public;
grant execute on function noetl.check_api_token(bytea) to noetl_worker;
