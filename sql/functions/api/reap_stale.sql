-- End sessions without a heartbeat for session_timeout_seconds and issue their commands again;
-- those without attempts left fail. What the last dispatcher that publishes was lost with is
-- forgotten. Returns how many commands; nothing left to do: 0.
-- Locks: session rows, skipping locked ones; as forget_publications; then as requeue_sessions.
-- Raises: NE409.
create or replace function noetl.reap_stale(p_limit integer default 1000)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  perform noetl_internal.require_read_committed();
  with stale as (
    select s.session_id from noetl.runtime as s
    where
      s.status = 'active'
      and s.heartbeat_at < noetl_internal.clock_now() - make_interval(
        secs => noetl_internal.setting_integer('session_timeout_seconds')
      )
    order by s.session_id
    limit p_limit
    for no key update skip locked
  )
  update noetl.runtime as s
  set status = 'ended', ended_at = noetl_internal.clock_now()
  from stale as t
  where s.session_id = t.session_id;
  if not noetl_internal.is_publishing() then
    perform noetl_internal.forget_publications();
  end if;

  return noetl_internal.requeue_sessions(
    array(select l from noetl_internal.lost_sessions() as l limit p_limit),
    'worker lost', true, p_limit
  );
end;
$function$;

comment on function noetl.reap_stale(integer)
is 'End silent sessions and issue their commands again.';
revoke all on function noetl.reap_stale(integer) from public;
grant execute on function noetl.reap_stale(integer) to noetl_worker;
