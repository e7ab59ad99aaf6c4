-- An operator sees the newest first, and bytes that are no text do no harm.
begin;
select plan(2);
select noetl.park_message('a', 's', 'first', 'x', now(), 1), noetl.park_message('b', 't', 'second', '\x00ff', now(), 1) \g /dev/null
select results_eq(
  'select subject, reason, bytes, beginning from noetl.list_dead_letters()',
  $$ values ('t', 'second', 2::bigint, '\000\377'), ('s', 'first', 1, 'x') $$,
  'newest first'
);
select is((select count(*) from noetl.list_dead_letters(1)), 1::bigint, 'at most so many');
select * from finish();
rollback;
