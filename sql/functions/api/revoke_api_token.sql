-- Revoke a token of the HTTP API; false when it is so already.
-- Locks: the token's row. Raises: NE404.
create or replace function noetl.revoke_api_token(p_name text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  update noetl.api_token as t set revoked_at = noetl_internal.clock_now()
  where t.name = p_name and t.revoked_at is null;
  if found then
    return true;
  end if;
  if exists (select from noetl.api_token as t where t.name = p_name) then
    return false;
  end if;
  raise exception 'no token is named "%"', left(p_name, 200) using
    errcode = 'NE404', hint = 'List tokens with: noetl token list.';
end;
$function$;

comment on function noetl.revoke_api_token(text) is 'Revoke a token of the HTTP API.';
revoke all on function noetl.revoke_api_token(text) from public;
grant execute on function noetl.revoke_api_token(text) to noetl_operator;
