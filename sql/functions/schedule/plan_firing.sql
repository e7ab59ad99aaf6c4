-- What a due schedule does now: start a run for due_at, unless that is null, and then wait for
-- next_at. A firing later than schedule_grace_seconds was missed; of those that were, all are made
-- up for one by one, once is for the last of them, skip is for none.
create or replace function noetl_internal.plan_firing(
  p_schedule noetl.schedule,
  p_now timestamptz
)
returns table (due_at timestamptz, next_at timestamptz)
language plpgsql stable
as $function$
#variable_conflict use_column
declare
  v_cron noetl_internal.cron := noetl_internal.parse_cron(p_schedule.cron);
  v_last timestamptz := p_schedule.next_at;
  v_missed_until timestamptz := p_now - make_interval(
    secs => noetl_internal.setting_integer('schedule_grace_seconds')
  );
  v_is_missed boolean := p_schedule.next_at < v_missed_until and p_schedule.missed <> 'all';
begin
  if v_is_missed then
    v_last := noetl_internal.last_instant(
      v_cron, p_schedule.time_zone, p_schedule.next_at, v_missed_until
    );
  end if;
  due_at := case when not v_is_missed or p_schedule.missed = 'once' then v_last end;
  next_at := noetl_internal.next_instant(v_cron, p_schedule.time_zone, v_last);
  return next;
end;
$function$;

comment on function noetl_internal.plan_firing(noetl.schedule, timestamptz)
is 'What a due schedule does now, and when it is due next.';
