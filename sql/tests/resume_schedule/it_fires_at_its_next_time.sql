-- What fell into the pause was not missed: nobody wanted it.
begin;
select plan(6);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule(n, :'path', '30 2 * * *', 'UTC', '{}', '{"missed": "all"}')
from unnest('{one,two}'::text[]) as n;
select noetl.pause_schedule('one'), noetl.pause_schedule('two');

set local noetl.test_now = '2026-07-08 12:00:00+00';
select ok(noetl.resume_schedule('one'), 'resumed');
select ok(not noetl.resume_schedule('one'), 'a repeat says that it was already');
select results_eq(
  'select name, is_active, next_at from noetl.schedule order by name',
  $$
    values ('one', true, '2026-07-09 02:30:00+00'::timestamptz), ('two', false, null)
  $$,
  'its next time is to come; others are left alone'
);
select is(noetl.fire_schedules(), 0, 'nothing is due');
set local noetl.test_now = '2026-07-09 02:30:00+00';
select is(noetl.fire_schedules(), 1, 'it fires');
select throws_ok($$ select noetl.resume_schedule('none') $$, 'NE404', null, 'an unknown one is refused');

select * from finish();
rollback;
