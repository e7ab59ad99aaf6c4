-- Not every zone goes on by an hour at two in the morning.
begin;
select plan(1);

select results_eq(
  $$
    select c.why, noetl_internal.next_instant(
      noetl_internal.parse_cron(c.cron), c.zone, c.after::timestamptz
    )
    from (values
      ('Troll shows two hours again', '30 2 * * *', 'Antarctica/Troll', '2026-10-24 12:00+00'),
      ('Troll skips two hours', '30 2 * * *', 'Antarctica/Troll', '2026-03-28 12:00+00'),
      ('Chatham goes on from 02:45', '* 3 * * *', 'Pacific/Chatham', '2026-09-26 13:00+00'),
      ('Lord Howe goes on by half an hour', '15 2 * * *', 'Australia/Lord_Howe', '2026-10-03 13:00+00'),
      ('Lord Howe goes back by half an hour', '45 1 * * *', 'Australia/Lord_Howe', '2026-04-04 13:00+00'),
      ('and shows it again', '45 * * * *', 'Australia/Lord_Howe', '2026-04-04 14:45+00'),
      ('Beirut skips midnight', '0 0 * * *', 'Asia/Beirut', '2026-03-28 12:00+00'),
      ('Samoa left out a day', '0 12 * * *', 'Pacific/Apia', '2011-12-29 23:00+00'),
      ('and went on', '0 12 * * *', 'Pacific/Apia', '2011-12-30 10:00+00')
    ) as c (why, cron, zone, after)
  $$,
  $$
    values
      ('Troll shows two hours again', '2026-10-25 00:30+00'::timestamptz),
      ('Troll skips two hours', '2026-03-29 01:00+00'),
      ('Chatham goes on from 02:45', '2026-09-26 14:00+00'),
      ('Lord Howe goes on by half an hour', '2026-10-03 15:30+00'),
      ('Lord Howe goes back by half an hour', '2026-04-04 14:45+00'),
      ('and shows it again', '2026-04-04 15:15+00'),
      ('Beirut skips midnight', '2026-03-28 22:00+00'),
      ('Samoa left out a day', '2011-12-30 10:00+00'),
      ('and went on', '2011-12-30 22:00+00')
  $$,
  'each time once, or real time'
);

select * from finish();
rollback;
