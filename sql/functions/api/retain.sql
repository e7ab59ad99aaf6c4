-- Do a bounded part of what retention asks for; a tick, to be called once a minute, and again as
-- long as done is not 0. Executions that ended retention_days ago are summarised, their state goes
-- (executions: how many are through), then their events: week by week (partitions), or one by one
-- where a run that lives for longer keeps the week (events). Sessions that ended
-- session_retention_days ago go too. While another session is at it: nothing, and is_busy.
-- Locks: one advisory lock, tried; runs' advisory locks exclusively, tried, ascending; as
-- drop_partition. Raises: NE409.
create or replace function noetl.retain(
  p_limit integer default 20000,
  out done integer,
  out executions integer,
  out events integer,
  out partitions integer,
  out sessions integer,
  out is_busy boolean
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
declare
  v_limit integer := least(greatest(p_limit, 1), 100000);
  v_cutoff timestamptz := noetl_internal.retention_cutoff();
begin
  perform noetl_internal.require_read_committed();
  executions := 0;
  events := 0;
  partitions := 0;
  sessions := 0;
  done := 0;
  is_busy := not pg_try_advisory_xact_lock(noetl_internal.lock_key('retention', 0));
  if is_busy then
    return;
  end if;
  -- One thing per call, and so per transaction. What was begun is finished first.
  select f.touched, f.finished into done, executions
  from noetl_internal.finish_retiring(v_limit) as f;
  if done = 0 then
    done := noetl_internal.retire_runs(v_cutoff, least(v_limit, 100));
  end if;
  if done = 0 then
    sessions := noetl_internal.drop_sessions(least(v_limit, 1000));
    done := sessions;
  end if;
  if done = 0 then
    select t.partitions, t.events, t.partitions + t.events + t.looked
    into partitions, events, done
    from noetl_internal.trim_log(v_cutoff, v_limit) as t;
  end if;
end;
$function$;

comment on function noetl.retain(integer)
is 'Do a bounded part of what retention asks for; a tick.';
revoke all on function noetl.retain(integer) from public;
grant execute on function noetl.retain(integer) to noetl_worker, noetl_operator;
