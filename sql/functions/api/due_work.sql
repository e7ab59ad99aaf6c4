-- Which ticks the caller should call now, because they have something to do, and in how many
-- seconds the next wait or schedule is due or a session will have been silent for too long; null
-- when there is none. One look for all of them, so that an idle system need not call each. What it
-- names may find nothing: somebody else does it, or holds the run; maintain_partitions, to be
-- called once an hour, and retain, once a minute, are always named. A dispatcher is told of its
-- duties alone, and of project_shards when its shards need it, and keeps both by asking; a worker
-- of none while a dispatcher is alive. p_session null: of all.
-- Locks: of a dispatcher as hold_duties and hold_shards. Raises: NE401, NE410.
create or replace function noetl.due_work(
  p_session uuid default null,
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
  v_project_at timestamptz;
  v_duties text [] := noetl_internal.duties_of(p_session);
begin
  if v_duties = '{}' then
    ticks := '{}';
    return;
  end if;
  select min(t.wake_at) into v_wake_at from noetl.token as t where t.wake_at is not null;
  select min(s.next_at) into v_fire_at from noetl.schedule as s where s.is_active;
  select min(s.heartbeat_at) + make_interval(
    secs => noetl_internal.setting_integer('session_timeout_seconds')
  )
  into v_reap_at
  from noetl.runtime as s where s.status = 'active';
  v_project_at := noetl_internal.next_projection(
    case when 'project_shards' = any(v_duties) then p_session end, v_now
  );

  ticks := array(
    select t.name
    from unnest(array[
      case when noetl_internal.has_loop_work() then 'expand_loops' end,
      case when v_wake_at <= v_now then 'wake_runs' end,
      case when noetl_internal.has_outbox_work() then 'advance_changes' end,
      case when v_project_at <= v_now then 'project_changes' end,
      case when v_project_at <= v_now then 'project_shards' end,
      case when noetl_internal.is_floor_due() then 'raise_floor' end,
      case
        when v_reap_at < v_now or exists (select from noetl_internal.lost_sessions())
          then 'reap_stale'
      end,
      case when v_fire_at <= v_now then 'fire_schedules' end,
      case
        when 'publish_commands' = any(v_duties)
          and noetl_internal.first_publication() is not null
          then 'publish_commands'
      end,
      'maintain_partitions', 'retain'
    ]) with ordinality as t (name, place)
    where t.name = any(v_duties)
    order by t.place
  );
  next_in := extract(
    epoch from least(
      case when 'wake_runs' = any(v_duties) then v_wake_at end,
      case when 'fire_schedules' = any(v_duties) then v_fire_at end,
      case when 'reap_stale' = any(v_duties) then v_reap_at end,
      case
        when v_project_at > v_now and v_duties && array['project_changes', 'project_shards']
          then v_project_at
      end
    ) - v_now
  );
end;
$function$;

comment on function noetl.due_work(uuid)
is 'Which ticks have something to do now, and in how many seconds the next is due.';
revoke all on function noetl.due_work(uuid) from public;
grant execute on function noetl.due_work(uuid) to noetl_worker;
