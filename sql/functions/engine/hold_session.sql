-- Keep a session from ending until the caller's transaction does; false when it has ended, or
-- somebody is at its row in this moment. What is taken in its name is then there to be given up by
-- whoever ends it.
-- Locks: the row of the session, skipping it when it is locked.
create or replace function noetl_internal.hold_session(p_session_id uuid)
returns boolean
language plpgsql volatile
as $function$
begin
  perform from noetl.runtime as s
  where s.session_id = p_session_id and s.status = 'active'
  for share skip locked;
  return found;
end;
$function$;

comment on function noetl_internal.hold_session(uuid)
is 'Keep a session from ending until the transaction ends, unless it has ended.';
