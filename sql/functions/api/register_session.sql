-- Register a worker process; returns its session. An older session of the same name ends at once
-- and its commands are requeued: this is how a restart resumes in seconds. p_started_at says when
-- the process started, by its clock: the younger process keeps the name, so that a call of one that
-- was killed since cannot take it; without it the caller is the youngest. Called again by the same
-- process: the same session, while it lives.
-- Locks: as requeue_sessions. Raises: NE422 for an empty name or pool list or a bad capacity, NE410
-- when a younger process has the name.
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
begin
  perform noetl_internal.require_read_committed();
  if coalesce(p_name, '') = '' or coalesce(cardinality(p_pools), 0) = 0 then
    raise exception 'a session needs a name and at least one pool' using
      errcode = 'NE422', hint = 'Pass the worker''s name and its pools, such as {default}.';
  end if;
  return noetl_internal.begin_session('worker', p_name, p_pools, p_capacity, p_started_at);
end;
$function$;

comment on function noetl.register_session(text, text [], jsonb, timestamptz)
is 'Register a worker process; an older session of the same name ends.';
revoke all on function noetl.register_session(text, text [], jsonb, timestamptz) from public;
grant execute on function noetl.register_session(text, text [], jsonb, timestamptz) to noetl_worker;
