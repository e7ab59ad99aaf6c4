-- Which ticks have something to do now, and in how many seconds the next wait or schedule is due or
-- a session will have been silent for too long; null when there is none. One look for all of them,
-- so that an idle system need not call each. What it names may find nothing: somebody else does it,
-- or holds the run.
-- Locks: none. Never raises.
create or replace function noetl.due_work(
  out ticks text [],
  out next_in double precision
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
declare
  v_now timestamptz := noetl_internal.clock_now();
  v_wake_at timestamptz;
  v_fire_at timestamptz;
  v_reap_at timestamptz;
begin
  select min(t.wake_at) into v_wake_at from noetl.token as t where t.wake_at is not null;
  select min(s.next_at) into v_fire_at from noetl.schedule as s where s.is_active;
  select min(s.heartbeat_at) + make_interval(
    secs => noetl_internal.setting_integer('session_timeout_seconds')
  )
  into v_reap_at
  from noetl.runtime as s where s.status = 'active';

  ticks := array_remove(
    array[
      case when noetl_internal.has_loop_work() then 'expand_loops' end,
      case when v_wake_at <= v_now then 'wake_runs' end,
      case when noetl_internal.has_outbox_work() then 'advance_changes' end,
      case
        when exists (select from noetl.change as c where c.kind = 'dirty') then 'project_changes'
      end,
      case when noetl_internal.is_floor_due() then 'raise_floor' end,
      case
        when v_reap_at < v_now or exists (select from noetl_internal.lost_sessions())
          then 'reap_stale'
      end,
      case when v_fire_at <= v_now then 'fire_schedules' end
    ],
    null
  );
  next_in := extract(epoch from least(v_wake_at, v_fire_at, v_reap_at) - v_now);
end;
$function$;

comment on function noetl.due_work()
is 'Which ticks have something to do now, and in how many seconds the next is due.';
revoke all on function noetl.due_work() from public;
grant execute on function noetl.due_work() to noetl_worker;
