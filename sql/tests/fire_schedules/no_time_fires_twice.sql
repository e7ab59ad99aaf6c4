-- Beside the lock on the row each firing has an idempotency key, and nobody else may take it.
begin;
select plan(6);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('one', :'path', '* * * * *');

set local noetl.test_now = '2026-07-01 00:11:00+00';
select noetl.fire_schedules();
select last_execution_id as run from noetl.schedule \gset
update noetl.schedule set next_at = last_at;
select is(noetl.fire_schedules(), 1, 'set back by hand');
select is((select last_execution_id from noetl.schedule), :run, 'it finds the run that it started');
select is((select count(*) from noetl.run), 1::bigint, 'and starts no other');
select is((select next_at from noetl.schedule), '2026-07-01 00:12:00+00', 'and moves on again');

select throws_ok(
  format(
    $$ select noetl.start_execution(%L, '{}', '{"idempotency_key": "schedule:one:2026-07-01T00:12:00+00:00"}') $$,
    :'path'
  ),
  'NE422', null, 'nobody else can take the key of a firing to come'
);
set local noetl.test_now = '2026-07-01 00:12:00+00';
select noetl.fire_schedules();
select is((select count(*) from noetl.run), 2::bigint, 'the next time is another run');

select * from finish();
rollback;
