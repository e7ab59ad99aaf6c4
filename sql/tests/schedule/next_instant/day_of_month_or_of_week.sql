-- The rule of Vixie's cron that surprises people most: two restricted days are alternatives.
begin;
select plan(1);

select results_eq(
  $$
    select c.cron, to_char(
      noetl_internal.next_instant(noetl_internal.parse_cron(c.cron), 'UTC', c.after::timestamptz)
        at time zone 'UTC', 'Dy YYYY-MM-DD HH24:MI'
    )
    from (values
      ('0 12 13 * fri', '2026-02-01 00:00+00'), ('0 12 13 * fri', '2026-02-06 12:00+00'),
      ('0 12 * * fri', '2026-02-07 00:00+00'), ('0 12 13 * *', '2026-02-14 00:00+00'),
      ('0 12 */13 * fri', '2026-02-01 00:00+00'), ('0 12 13 * */5', '2026-02-01 00:00+00')
    ) as c (cron, after)
  $$,
  $$
    values
      ('0 12 13 * fri', 'Fri 2026-02-06 12:00'), ('0 12 13 * fri', 'Fri 2026-02-13 12:00'),
      ('0 12 * * fri', 'Fri 2026-02-13 12:00'), ('0 12 13 * *', 'Fri 2026-03-13 12:00'),
      ('0 12 */13 * fri', 'Fri 2026-02-27 12:00'), ('0 12 13 * */5', 'Fri 2026-02-13 12:00')
  $$,
  'either, unless one of them begins with a star'
);

select * from finish();
rollback;
