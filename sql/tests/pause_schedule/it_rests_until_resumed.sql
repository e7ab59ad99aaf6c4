-- Who pauses a schedule means its next firing, also one that is due this second.
begin;
select plan(6);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('one', :'path', '* * * * *'), noetl.put_schedule('two', :'path', '* * * * *');

set local noetl.test_now = '2026-07-01 00:11:00+00';
select ok(noetl.pause_schedule('one'), 'paused');
select ok(not noetl.pause_schedule('one'), 'a repeat says that it was already');
select results_eq(
  'select name, is_active, next_at from noetl.schedule order by name',
  $$
    values ('one', false, null::timestamptz), ('two', true, '2026-07-01 00:11:00+00'::timestamptz)
  $$,
  'it has no next time; others are left alone'
);
select is(noetl.fire_schedules(), 1, 'only the other one fires');
select is((select last_execution_id from noetl.schedule where name = 'one'), null, 'not this one');
select throws_ok($$ select noetl.pause_schedule('none') $$, 'NE404', null, 'an unknown one is refused');

select * from finish();
rollback;
