-- Clocks in Berlin go from 03:00 back to 02:00 on 2026-10-25: a nightly job at 02:30 must not run
-- twice, an hourly one must not pause.
begin;
select plan(4);

-- The firings in Berlin's night from 24 to 25 October, in UTC.
create function pg_temp.firings(p_cron text) returns text language plpgsql as $$
declare
  v_at timestamptz := '2026-10-24 21:59+00';
  v_found text[];
begin
  loop
    v_at := noetl_internal.next_instant(noetl_internal.parse_cron(p_cron), 'Europe/Berlin', v_at);
    exit when v_at is null or v_at > '2026-10-25 03:00+00';
    v_found := v_found || to_char(v_at at time zone 'UTC', 'HH24:MI');
  end loop;
  return array_to_string(v_found, ' ');
end;
$$;

select is(pg_temp.firings('30 2 * * *'), '00:30', 'once, the first time that clocks show it');
select is(pg_temp.firings('30 1,2,3 * * *'), '23:30 00:30 02:30', 'its other times as they are');
select is(pg_temp.firings('30 * * * *'), '22:30 23:30 00:30 01:30 02:30', 'with a star in the hour: real time');
select is(
  noetl_internal.next_instant(
    noetl_internal.parse_cron('30 2 * * *'), 'Europe/Berlin', '2026-10-25 01:10+00'
  ),
  '2026-10-26 01:30+00', 'asked while clocks show the hour again, it is tomorrow''s turn'
);

select * from finish();
rollback;
