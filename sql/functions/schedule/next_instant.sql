-- The first firing of a cron expression after p_after in a time zone; null when there is none. A
-- job of fixed times fires once for each: the first time when clocks show it twice, at the first
-- minute after the gap when they skip it.
create or replace function noetl_internal.next_instant(
  p_cron noetl_internal.cron,
  p_zone text,
  p_after timestamptz
)
returns timestamptz
language plpgsql stable parallel safe
as $function$
declare
  v_local timestamp := p_after at time zone p_zone;
  v_at timestamptz;
begin
  if p_cron.is_real_time then
    return noetl_internal.next_real_instant(p_cron, p_zone, p_after);
  end if;
  loop
    v_local := noetl_internal.next_local_time(p_cron, v_local);
    v_at := noetl_internal.instant_of(v_local, p_zone);
    -- While clocks show an hour again, its times have fired.
    exit when v_at > p_after or v_at is null;
  end loop;
  return v_at;
end;
$function$;

comment on function noetl_internal.next_instant(noetl_internal.cron, text, timestamptz)
is 'The first firing of a cron expression after an instant.';
