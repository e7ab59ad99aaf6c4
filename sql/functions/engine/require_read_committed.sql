-- Refuse callers whose snapshot is older than the locks they are about to wait for.
-- Raises: NE409 outside READ COMMITTED.
create or replace function noetl_internal.require_read_committed()
returns void
language plpgsql stable
as $function$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'isolation level % is not supported here',
      current_setting('transaction_isolation')
    using
      errcode = 'NE409',
      hint = 'Call this function in READ COMMITTED: it decides on what it reads after a lock.';
  end if;
end;
$function$;

comment on function noetl_internal.require_read_committed()
is 'Refuse callers outside READ COMMITTED.';
