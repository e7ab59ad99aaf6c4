-- One run for all that were missed is the run of the last of them, be they three or a million.
begin;
select plan(3);

-- As last_instant says, and found by stepping through all of them.
create temporary view pg_temp.answers as
select
  c.cron, u.until,
  noetl_internal.last_instant(
    noetl_internal.parse_cron(c.cron), 'Europe/Berlin', c.first::timestamptz, u.until
  ) as answer,
  (
    with recursive firing (at) as (
      select c.first::timestamptz
      union all
      select noetl_internal.next_instant(noetl_internal.parse_cron(c.cron), 'Europe/Berlin', f.at)
      from firing as f
      where f.at < u.until
    )
    select max(f.at) from firing as f where f.at <= u.until
  ) as expected
from (values
  ('0 3 * * *', '2026-10-20 01:00+00'), ('*/7 1-3 * * *', '2026-10-20 00:00+00'),
  ('30 2 * * *', '2026-10-20 00:30+00'), ('0 0 1 * *', '2026-09-30 22:00+00')
) as c (cron, first)
cross join (
  select '2026-10-25 00:00+00'::timestamptz + n * interval '17 minutes' from generate_series(0, 20) as n
) as u (until);

select is_empty('select * from pg_temp.answers where answer is distinct from expected', 'the last one');
select is(
  noetl_internal.last_instant(
    noetl_internal.parse_cron('* * * * *'), 'UTC', '2000-01-01 00:00+00', '2030-01-01 00:00:59+00'
  ),
  '2030-01-01 00:00+00'::timestamptz, 'after thirty years of minutes'
);
select is(
  noetl_internal.last_instant(
    noetl_internal.parse_cron('* * * * *'), 'UTC', '2030-01-01 00:00+00', '2030-01-01 00:01+00'
  ),
  '2030-01-01 00:01+00'::timestamptz, 'up to then, itself included'
);

select * from finish();
rollback;
