-- Start what the due schedules are to start, at most one run each, and move them on in the same
-- transaction, so that each firing happens once however many call this; a tick. Returns how many
-- schedules it dealt with; nothing due: 0.
-- Locks: rows of due schedules, skipping locked ones. Raises: NE409.
create or replace function noetl.fire_schedules(p_limit integer default 100)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_now timestamptz := noetl_internal.clock_now();
  v_due noetl.schedule;
  v_count integer := 0;
begin
  perform noetl_internal.require_read_committed();
  -- A row loop, because each schedule has its own error handler; bounded by p_limit.
  for v_due in
    select s.* from noetl.schedule as s
    where s.is_active and s.next_at <= v_now
    order by s.next_at
    limit p_limit
    for no key update skip locked
  loop
    v_count := v_count + noetl_internal.fire_schedule(v_due, v_now)::integer;
  end loop;
  return v_count;
end;
$function$;

comment on function noetl.fire_schedules(integer)
is 'Start what the due schedules are to start, each firing once; a tick.';
revoke all on function noetl.fire_schedules(integer) from public;
grant execute on function noetl.fire_schedules(integer) to noetl_worker;
