-- End the session of a worker, or dispatcher, and hand back what it still holds, without counting
-- attempts; returns how many commands. Called again: 0. Locks: as requeue_sessions; duties.
create or replace function noetl.end_session(p_session uuid)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  perform noetl_internal.require_read_committed();
  update noetl.runtime as s
  set status = 'ended', ended_at = noetl_internal.clock_now()
  where
    s.session_id = p_session
    and s.status = 'active'
    and pg_has_role(session_user, s.role, 'member');
  if not found then
    return 0;
  end if;
  perform noetl_internal.give_up_duties(p_session);
  perform noetl_internal.stop_publishing();
  return noetl_internal.requeue_sessions(array[p_session], 'handed back', false, 100000);
end;
$function$;

comment on function noetl.end_session(uuid)
is 'End a worker''s session and hand back what it still holds.';
revoke all on function noetl.end_session(uuid) from public;
grant execute on function noetl.end_session(uuid) to noetl_worker;
