-- The policy is for what was missed: a tick that is seconds late must not merge two firings.
begin;
select plan(3);
set local noetl.test_now = '2026-07-01 00:00:10+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('minutely', :'path', '* * * * *');

set local noetl.test_now = '2026-07-01 00:05:30+00';
select is(noetl.fire_schedules(), 1, 'the missed ones in one');
select is(noetl.fire_schedules() + noetl.fire_schedules(), 1, 'then the one of this minute, and no more');
select results_eq(
  $$ select right(idempotency_key, 14) from noetl.start_key order by 1 $$,
  $$ values ('00:04:00+00:00'), ('00:05:00+00:00') $$,
  'the run for the missed ones is that of the last of them'
);

select * from finish();
rollback;
