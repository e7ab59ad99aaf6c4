-- The live session of the calling worker.
-- Raises: NE401 when it is unknown, ended, or was registered by another role.
create or replace function noetl_internal.require_session(p_session_id uuid)
returns noetl.runtime
language plpgsql stable
as $function$
declare
  v_session noetl.runtime;
begin
  select * into v_session from noetl.runtime as s
  where
    s.session_id = p_session_id and s.status = 'active'
    and pg_has_role(session_user, s.role, 'member');
  if not found then
    raise exception 'session % is not active', p_session_id using
      errcode = 'NE401', hint = 'Drop what the session held and register again.';
  end if;
  return v_session;
end;
$function$;

comment on function noetl_internal.require_session(uuid)
is 'The live session of the calling worker.';
