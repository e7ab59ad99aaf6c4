-- The instant at which clocks of a zone show a local time: the first one when they show it twice,
-- the first minute after the gap when they skip it.
create or replace function noetl_internal.instant_of(
  p_local timestamp,
  p_zone text
)
returns timestamptz
language plpgsql stable parallel safe
as $function$
declare
  -- Of a time shown twice PostgreSQL takes the second; one in a gap it moves on by the gap.
  v_at timestamptz := p_local at time zone p_zone;
  v_shift interval := noetl_internal.offset_at(v_at, p_zone)
  - noetl_internal.offset_at(v_at - interval '24 hours', p_zone);
begin
  if v_at at time zone p_zone <> p_local then
    return (
      select min(m.at)
      from generate_series(v_at - v_shift, v_at, interval '1 minute') as m (at)
      where m.at at time zone p_zone > p_local
    );
  elsif (v_at + v_shift) at time zone p_zone = p_local then
    return least(v_at, v_at + v_shift);
  end if;
  return v_at;
end;
$function$;

comment on function noetl_internal.instant_of(timestamp, text)
is 'The instant at which clocks of a zone show a local time.';
