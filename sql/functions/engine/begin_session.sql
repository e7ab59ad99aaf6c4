-- Begin the session of a process; that of an older process of the same kind and name ends, and its
-- commands are requeued. The same process gets the session that it has. Which is the younger is
-- told by the clocks of their hosts, which may differ: one that has been silent for a fifth of
-- session_timeout_seconds has lost its name to whoever asks.
-- Locks: one per kind and name; as requeue_sessions. Raises: NE410 when a younger process has the
-- name, NE422 for a bad capacity.
create or replace function noetl_internal.begin_session(
  p_kind text,
  p_name text,
  p_pools text [],
  p_capacity jsonb,
  p_started_at timestamptz
)
returns uuid
language plpgsql volatile
as $function$
declare
  v_session_id uuid := gen_random_uuid();
  v_older noetl.runtime;
begin
  perform noetl_internal.require_capacity(p_capacity);
  -- Two processes that start under one name at the same moment end one after the other.
  perform pg_advisory_xact_lock(
    noetl_internal.lock_key(p_kind, hashtextextended(p_name, 0))
  );
  select * into v_older from noetl.runtime as s
  where s.kind = p_kind and s.name = p_name and s.status = 'active'
  for update;
  if v_older.started_at = p_started_at then
    return v_older.session_id;
  elsif
    v_older.started_at > p_started_at
    and v_older.heartbeat_at > noetl_internal.clock_now() - make_interval(
      secs => noetl_internal.setting_integer('session_timeout_seconds') / 5.0
    )
  then
    raise exception 'another process has started as % "%"', p_kind, p_name using
      errcode = 'NE410', hint = 'Give each process a name of its own, or stop one of the two; '
        'set the clocks of their hosts if the other one is gone.';
  elsif v_older.session_id is not null then
    update noetl.runtime as s
    set status = 'ended', ended_at = noetl_internal.clock_now()
    where s.session_id = v_older.session_id;
    perform noetl_internal.give_up_duties(v_older.session_id);
    perform noetl_internal.requeue_sessions(
      array[v_older.session_id], 'worker restarted', true, 100000
    );
  end if;
  insert into noetl.runtime (
    session_id, name, kind, pools, capacity, status, role, registered_at, heartbeat_at, started_at
  )
  values (
    v_session_id, p_name, p_kind, p_pools, coalesce(p_capacity, '{}'), 'active', session_user,
    noetl_internal.clock_now(), noetl_internal.clock_now(), p_started_at
  );
  return v_session_id;
end;
$function$;

comment on function noetl_internal.begin_session(text, text, text [], jsonb, timestamptz)
is 'Begin the session of a process; that of an older one of the same name ends.';
