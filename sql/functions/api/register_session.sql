-- Register a worker process; returns its session. An older session of the same name ends at once
-- and its commands are requeued: this is how a restart resumes in seconds. p_started_at says when
-- the process started, by its clock: the younger process keeps the name, so that a call of one that
-- was killed since cannot take it; without it the caller is the youngest. Called again by the same
-- process: the same session, while it lives.
-- Locks: as requeue_sessions. Raises: NE422 for an empty name or pool list, NE410 when a younger
-- process has the name.
create or replace function noetl.register_session(
  p_name text,
  p_pools text [],
  p_capacity jsonb default '{}',
  p_started_at timestamptz default null
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_session_id uuid := gen_random_uuid();
  v_older noetl.runtime;
begin
  perform noetl_internal.require_read_committed();
  if coalesce(p_name, '') = '' or coalesce(cardinality(p_pools), 0) = 0 then
    raise exception 'a session needs a name and at least one pool' using
      errcode = 'NE422', hint = 'Pass the worker''s name and its pools, such as {default}.';
  end if;
  -- Two processes that start under one name at the same moment end one after the other.
  perform pg_advisory_xact_lock(
    noetl_internal.lock_key('worker', hashtextextended(p_name, 0))
  );
  select * into v_older from noetl.runtime as s
  where s.kind = 'worker' and s.name = p_name and s.status = 'active'
  for update;
  if v_older.started_at = p_started_at then
    return v_older.session_id;
  elsif v_older.started_at > p_started_at then
    raise exception 'another process has started as worker "%"', p_name using
      errcode = 'NE410', hint = 'Give each worker a name of its own, or stop one of the two.';
  elsif v_older.session_id is not null then
    update noetl.runtime as s
    set status = 'ended', ended_at = noetl_internal.clock_now()
    where s.session_id = v_older.session_id;
    perform noetl_internal.requeue_sessions(
      array[v_older.session_id], 'worker restarted', true, 100000
    );
  end if;
  insert into noetl.runtime (
    session_id, name, kind, pools, capacity, status, role, registered_at, heartbeat_at, started_at
  )
  values (
    v_session_id, p_name, 'worker', p_pools, coalesce(p_capacity, '{}'), 'active', session_user,
    noetl_internal.clock_now(), noetl_internal.clock_now(), p_started_at
  );
  return v_session_id;
end;
$function$;

comment on function noetl.register_session(text, text [], jsonb, timestamptz)
is 'Register a worker process; an older session of the same name ends.';
revoke all on function noetl.register_session(text, text [], jsonb, timestamptz) from public;
grant execute on function noetl.register_session(text, text [], jsonb, timestamptz) to noetl_worker;
