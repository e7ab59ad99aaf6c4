-- The first local time after p_after that a cron expression admits, whatever the clocks do; null
-- when there is none.
create or replace function noetl_internal.next_local_time(
  p_cron noetl_internal.cron,
  p_after timestamp
)
returns timestamp
language plpgsql immutable parallel safe
as $function$
declare
  v_day date := noetl_internal.next_day(p_cron, p_after::date);
  v_time timestamp;
begin
  select min(v_day + make_time(h.value, m.value, 0)) into v_time
  from unnest(p_cron.hours) as h (value)
  cross join unnest(p_cron.minutes) as m (value)
  where v_day + make_time(h.value, m.value, 0) > p_after;
  if v_time is null then  -- too late on that day
    v_day := noetl_internal.next_day(p_cron, v_day + 1);
    v_time := v_day + make_time(p_cron.hours[1], p_cron.minutes[1], 0);
  end if;
  return v_time;
end;
$function$;

comment on function noetl_internal.next_local_time(noetl_internal.cron, timestamp)
is 'The first local time after a given one that a cron expression admits.';
