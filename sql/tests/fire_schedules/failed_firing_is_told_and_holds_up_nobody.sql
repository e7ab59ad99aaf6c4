-- A schedule that cannot start must neither stop the others nor be tried for ever.
begin;
select plan(10);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl_test.playbook(
  jsonb_build_array(noetl_test.step('a')), '{"workload": {"half": "{{ 1 / workload.n }}", "n": 2}}'
) as picky \gset
select noetl.put_schedule('a-gone', :'path', '@hourly');
select noetl.put_schedule('b-bad-workload', :'picky', '@hourly', 'UTC', '{"n": 0}');
select noetl.put_schedule('c-zone', :'path', '@hourly');
select noetl.put_schedule('d-good', :'path', '@hourly');
update noetl.schedule set path = 'gone' where name = 'a-gone';
update noetl.schedule set time_zone = 'Mars/Phobos' where name = 'c-zone';

set local noetl.test_now = '2026-07-01 01:00:00+00';
select is(noetl.fire_schedules(), 4, 'each is dealt with');
select results_eq(
  'select name, last_error ->> ''code'', last_execution_id is null from noetl.schedule order by name',
  $$
    values
      ('a-gone', 'NE404', true), ('b-bad-workload', 'NE462', true), ('c-zone', '22023', true),
      ('d-good', null, false)
  $$,
  'its row tells why'
);
select results_eq(
  'select name, is_active, next_at from noetl.schedule order by name',
  $$
    values
      ('a-gone', true, '2026-07-01 02:00:00+00'::timestamptz),
      ('b-bad-workload', true, '2026-07-01 02:00:00+00'), ('c-zone', false, null),
      ('d-good', true, '2026-07-01 02:00:00+00')
  $$,
  'it waits for its next time; one without any stops'
);
select is((select count(*) from noetl.run), 1::bigint, 'nothing is left of a run that did not start');
select is((select count(*) from noetl.start_key), 1::bigint, 'nor its key');
select is(
  (select last_error ->> 'hint' from noetl.schedule where name = 'a-gone'),
  'Register it first: noetl playbook register FILE.', 'with the hint'
);
select is(noetl.fire_schedules(), 0, 'it is not tried again');

update noetl.schedule set path = :'path' where name = 'a-gone';
set local noetl.test_now = '2026-07-01 02:00:00+00';
select is(noetl.fire_schedules(), 3, 'at its next time it is');
select results_eq(
  $$ select last_error, last_execution_id is null from noetl.schedule where name = 'a-gone' $$,
  'values (null::jsonb, false)', 'and once it starts, the error is gone'
);
select is(
  (select last_at from noetl.schedule where name = 'c-zone'), '2026-07-01 01:00:00+00',
  'the stopped one keeps saying when'
);

select * from finish();
rollback;
