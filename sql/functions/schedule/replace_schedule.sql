-- Give a schedule the content of p_new; false when it has it already, or when no such schedule of
-- that owner is there. Whether it is active stays, unless p_is_active says; when it fires next only
-- changes with the expression, the zone, or that.
-- Locks: the schedule's row.
create or replace function noetl_internal.replace_schedule(
  p_new noetl.schedule,
  p_is_active boolean
)
returns boolean
language plpgsql volatile
as $function$
begin
  update noetl.schedule as s
  set
    path = p_new.path, version = p_new.version, cron = p_new.cron, time_zone = p_new.time_zone,
    workload = p_new.workload, priority = p_new.priority, missed = p_new.missed,
    is_active = coalesce(p_is_active, s.is_active),
    next_at = case
      when not coalesce(p_is_active, s.is_active) then null
      when s.is_active and (s.cron, s.time_zone) = (p_new.cron, p_new.time_zone) then s.next_at
      else p_new.next_at
    end,
    updated_at = p_new.updated_at
  where
    s.name = p_new.name and s.run_as = p_new.run_as
    and (
      s.path, s.version, s.cron, s.time_zone, s.workload, s.priority, s.missed, s.is_active
    ) is distinct from (
      p_new.path, p_new.version, p_new.cron, p_new.time_zone, p_new.workload, p_new.priority,
      p_new.missed, coalesce(p_is_active, s.is_active)
    );
  return found;
end;
$function$;

comment on function noetl_internal.replace_schedule(noetl.schedule, boolean)
is 'Give a schedule another content; false when it has it already.';
