-- A pass is a short transaction, however much is due.
begin;
select plan(3);
set local noetl.test_now = '2026-07-01 00:00:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('s' || n, :'path', format('%s * * * *', 60 - 10 * n))
from generate_series(1, 5) as n;

set local noetl.test_now = '2026-07-01 00:50:00+00';
select is(noetl.fire_schedules(2), 2, 'no more than asked for');
select results_eq(
  'select name from noetl.schedule where last_at is not null order by name',
  $$ values ('s4'), ('s5') $$, 'those that are due for longest'
);
select is(noetl.fire_schedules(100), 3, 'then the others');

select * from finish();
rollback;
