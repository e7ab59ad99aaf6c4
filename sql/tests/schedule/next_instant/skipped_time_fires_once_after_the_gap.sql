-- Clocks in Berlin go from 02:00 to 03:00 on 2026-03-29: a nightly job at 02:30 must not be left out.
begin;
select plan(5);

-- The firings in Berlin's night from 28 to 29 March, in its local time.
create function pg_temp.firings(p_cron text) returns text language plpgsql as $$
declare
  v_at timestamptz := '2026-03-28 22:59+00';
  v_found text[];
begin
  loop
    v_at := noetl_internal.next_instant(noetl_internal.parse_cron(p_cron), 'Europe/Berlin', v_at);
    exit when v_at is null or v_at > '2026-03-29 03:00+00';
    v_found := v_found || to_char(v_at at time zone 'Europe/Berlin', 'HH24:MI');
  end loop;
  return array_to_string(v_found, ' ');
end;
$$;

select is(pg_temp.firings('30 2 * * *'), '03:00', 'once, in the first minute after the gap');
select is(pg_temp.firings('30 1,2,3 * * *'), '01:30 03:00 03:30', 'its other times as they are');
select is(pg_temp.firings('0,20 2,3 * * *'), '03:00 03:20', 'times that fall together are one firing');
select is(pg_temp.firings('30 * * * *'), '00:30 01:30 03:30 04:30', 'with a star in the hour: real time');
select is(pg_temp.firings('*/30 2 * * *'), null, 'with a star in the minute too');

select * from finish();
rollback;
