-- So that such an expression can be refused; rare days are found however far away they are.
begin;
select plan(2);

select is_empty(
  $$
    select c.cron
    from unnest('{0 0 30 2 *,0 0 31 4\,6\,9\,11 *,* * 31 2 *,* 2 25-31 3 */7}'::text[]) as c (cron)
    where noetl_internal.next_instant(
      noetl_internal.parse_cron(c.cron), 'Europe/Berlin', '2026-01-01 00:00+00'
    ) is not null
  $$,
  'no 30th of February; nor an hour that is skipped each time, for a job that follows real time'
);
select results_eq(
  $$
    select noetl_internal.next_instant(
      noetl_internal.parse_cron(c.cron), 'UTC', c.after::timestamptz
    )
    from (values
      ('0 0 29 2 *', '2096-03-01 00:00+00'), ('* 5 29 2 *', '2096-03-01 00:00+00'),
      ('0 0 29 2 */7', '2088-03-01 00:00+00')
    ) as c (cron, after)
  $$,
  $$
    values
      ('2104-02-29 00:00+00'::timestamptz), ('2104-02-29 05:00+00'), ('2128-02-29 00:00+00')
  $$,
  'the 29th of February, over a century without one, and on a Sunday'
);

select * from finish();
rollback;
