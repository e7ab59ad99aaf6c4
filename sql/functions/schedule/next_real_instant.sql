-- The first minute after p_after at which clocks of the zone show what a cron expression admits:
-- twice what they show twice, never what they skip. Null when there is none for 50 years.
create or replace function noetl_internal.next_real_instant(
  p_cron noetl_internal.cron,
  p_zone text,
  p_after timestamptz
)
returns timestamptz
language plpgsql stable parallel safe
as $function$
declare
  v_at timestamptz := date_trunc('minute', p_after, 'UTC');
  v_step interval := interval '1 minute';
  v_local timestamp;
  v_day date;
begin
  while v_at < p_after + interval '18300 days' loop
    -- Only as far as the clocks run evenly; over a change of the offset minute by minute.
    v_at := v_at + case
      when (v_at + v_step) at time zone p_zone = (v_at at time zone p_zone) + v_step then v_step
      else interval '1 minute'
    end;
    v_local := v_at at time zone p_zone;
    v_day := noetl_internal.next_day(p_cron, v_local::date);
    exit when v_day is null;
    if v_day > v_local::date then
      v_at := greatest(
        v_at, noetl_internal.instant_of(v_day, p_zone) - interval '1 minute'
      );
      v_step := interval '1 minute';
    elsif extract(hour from v_local)::integer <> all(p_cron.hours) then
      v_step := date_trunc('hour', v_local) + interval '1 hour' - v_local;
    elsif extract(minute from v_local)::integer = any(p_cron.minutes) then
      return v_at;
    else
      v_step := interval '1 minute';
    end if;
  end loop;
  return null;
end;
$function$;

comment on function noetl_internal.next_real_instant(noetl_internal.cron, text, timestamptz)
is 'The first minute after an instant at which clocks show what a cron expression admits.';
