-- Whoever sends rubbish all day must not fill the database.
begin;
select plan(2);
select count(noetl.park_message('k' || i, 's', 'why', 'x', now(), 1)) from generate_series(1, 10003) as i \g /dev/null
select ok((select count(*) <= 10000 from noetl.dead_letter), 'at most 10 000 are kept');
select is(
  (select string_agg(message_key, ',') from noetl.dead_letter where message_key in ('k1', 'k10003')), 'k10003',
  'the newest'
);
select * from finish();
rollback;
