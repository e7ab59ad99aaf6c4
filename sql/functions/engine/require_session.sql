-- The live session of the calling worker.
-- Raises: NE410 when another process has taken its worker's name since, NE401 when it is unknown,
-- has ended otherwise, or was registered by another role.
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
  if found then
    return v_session;
  end if;

  select n.* into v_session
  from noetl.runtime as s
  inner join noetl.runtime as n
    on n.kind = s.kind and n.name = s.name and n.status = 'active'
  where
    s.session_id = p_session_id and pg_has_role(session_user, s.role, 'member')
    and (n.started_at = s.started_at) is not true;
  if found then
    raise exception 'another process has started as % "%"', v_session.kind, v_session.name using
      errcode = 'NE410', hint = 'Give each process a name of its own, or stop one of the two.';
  end if;
  raise exception 'session % is not active', p_session_id using
    errcode = 'NE401', hint = 'Drop what the session held and register again.';
end;
$function$;

comment on function noetl_internal.require_session(uuid)
is 'The live session of the calling worker.';
