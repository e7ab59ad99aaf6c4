-- Store the same credential sealed with another key; false, and nothing changes, when what is
-- stored is not p_secret any more: somebody replaced or removed it, or this is a repeat.
-- Locks: the row of credential. Raises: NE422 without a secret.
create or replace function noetl.reseal_credential(
  p_name text,
  p_secret bytea,
  p_resealed bytea
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  if coalesce(length(p_resealed), 0) = 0 then
    raise exception 'credential "%" would lose its secret', left(p_name, 130) using
      errcode = 'NE422', hint = 'Give the secret, sealed with the other key.';
  end if;
  -- Not updated_at: that is when its fields changed.
  update noetl.credential as c
  set secret = p_resealed
  where c.name = p_name and c.secret = p_secret;
  return found;
end;
$function$;

comment on function noetl.reseal_credential(text, bytea, bytea)
is 'Store the same credential sealed with another key.';
revoke all on function noetl.reseal_credential(text, bytea, bytea) from public;
grant execute on function noetl.reseal_credential(text, bytea, bytea) to noetl_owner;
