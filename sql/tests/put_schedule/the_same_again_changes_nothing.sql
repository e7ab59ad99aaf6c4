-- Schedules are put again by every deployment: neither its next time nor a pause may be lost by it.
begin;
select plan(7);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
create function pg_temp.put(p_workload jsonb, p_options jsonb default '{}')
returns table (created boolean, changed boolean, next_at timestamptz) language sql as $$
  select * from noetl.put_schedule(
    'nightly', current_setting('test.path'), '30 2 * * *', 'Europe/Berlin', p_workload, p_options
  )
$$;
select set_config('test.path', :'path', true);
select pg_temp.put('{"a": 1, "b": 2}');
create temporary table stored as table noetl.schedule;

set local noetl.test_now = '2026-07-01 00:50:00+00';
select results_eq(
  $$ select * from pg_temp.put('{"b": 2, "a": 1}') $$,
  $$ values (false, false, '2026-07-01 00:30:00+00'::timestamptz) $$,
  'it says so; a firing that is due stays due'
);
select set_eq('table noetl.schedule', 'table stored', 'the row is the same, its times included');

select noetl.pause_schedule('nightly');
select results_eq(
  $$ select * from pg_temp.put('{"a": 1, "b": 2}') $$,
  'values (false, false, null::timestamptz)', 'a paused one stays paused'
);
select results_eq(
  $$ select * from pg_temp.put('{"a": 1, "b": 2}', '{"is_active": true}') $$,
  $$ values (false, true, '2026-07-02 00:30:00+00'::timestamptz) $$,
  'unless it is said to be active'
);
select results_eq(
  $$ select * from pg_temp.put('{"a": 1, "b": 2}', '{"is_active": true}') $$,
  $$ values (false, false, '2026-07-02 00:30:00+00'::timestamptz) $$,
  'once'
);
select results_eq(
  $$ select * from pg_temp.put('{"a": 1, "b": 2}', '{"is_active": false}') $$,
  'values (false, true, null::timestamptz)', 'or said to be paused'
);
select is((select count(*) from noetl.schedule), 1::bigint, 'all of it is one schedule');

select * from finish();
rollback;
