-- A new workload must not lose a firing that is due; a new time must not fire at the old one.
begin;
select plan(8);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.put_schedule('nightly', :'path', '30 2 * * *');
select noetl.put_schedule('other', :'path', '30 2 * * *');
create temporary table untouched as select * from noetl.schedule where name = 'other';

set local noetl.test_now = '2026-07-01 02:30:01+00';
select results_eq(
  format($$ select * from noetl.put_schedule('nightly', %L, '30 2 * * *', 'UTC', '{"n": 1}') $$, :'path'),
  $$ values (false, true, '2026-07-01 02:30:00+00'::timestamptz) $$,
  'another workload: what is due stays due'
);
select results_eq(
  format($$ select * from noetl.put_schedule('nightly', %L, '0 5 * * *', 'UTC', '{"n": 1}') $$, :'path'),
  $$ values (false, true, '2026-07-01 05:00:00+00'::timestamptz) $$,
  'another expression: its next time from now on'
);
select results_eq(
  format($$ select * from noetl.put_schedule('nightly', %L, '0 5 * * *', 'Asia/Kolkata', '{"n": 1}') $$, :'path'),
  $$ values (false, true, '2026-07-01 23:30:00+00'::timestamptz) $$,
  'another zone: as well'
);
select results_eq(
  format(
    $$ select * from noetl.put_schedule('nightly', %L, '0 5 * * *', 'Asia/Kolkata', '{"n": 1}', '{"missed": "skip"}') $$,
    :'path'
  ),
  $$ values (false, true, '2026-07-01 23:30:00+00'::timestamptz) $$,
  'another policy'
);
select results_eq(
  $$
    select workload, missed, created_at, updated_at from noetl.schedule where name = 'nightly'
  $$,
  $$
    values (
      '{"n": 1}'::jsonb, 'skip', '2026-07-01 00:10:00+00'::timestamptz,
      '2026-07-01 02:30:01+00'::timestamptz
    )
  $$,
  'the row says when'
);
select noetl.pause_schedule('nightly');
select results_eq(
  format($$ select * from noetl.put_schedule('nightly', %L, '0 6 * * *') $$, :'path'),
  'values (false, true, null::timestamptz)', 'a paused one is replaced'
);
select ok(not (select is_active from noetl.schedule where name = 'nightly'), 'and stays paused');
select set_eq(
  $$ select * from noetl.schedule where name = 'other' $$, 'table untouched', 'others are left alone'
);

select * from finish();
rollback;
