-- A killed process is still in a session for minutes: nobody should take it for one that works.
begin;
select plan(5);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl.register_session('wl1', '{default}') as w \gset
select noetl.register_dispatcher('wl2') as d \gset
create temporary view shown as
select w.name, w.state from noetl.list_workers() as w where w.name in ('wl1', 'wl2') order by 1;

set local noetl.test_now = '2030-01-01 00:00:29+00';
select results_eq('table shown', $$ values ('wl1', 'live'), ('wl2', 'live') $$, 'live at first');
select noetl.heartbeat(:'w', '{}') \g /dev/null
set local noetl.test_now = '2030-01-01 00:00:30+00';
select results_eq(
  'table shown', $$ values ('wl1', 'live'), ('wl2', 'silent') $$,
  'silent after 30 seconds without a sign of life'
);
set local noetl.test_now = '2030-01-01 00:05:00+00';
select results_eq(
  'table shown', $$ values ('wl1', 'silent'), ('wl2', 'silent') $$, 'for as long as a session may be'
);
set local noetl.test_now = '2030-01-01 00:05:01+00';
select results_eq(
  'table shown', $$ values ('wl1', 'silent') $$, 'then it is gone, though nobody has ended it'
);
select noetl.heartbeat(:'w', '{}') \g /dev/null
select results_eq('table shown', $$ values ('wl1', 'live') $$, 'who is heard again is live');
select * from finish();
rollback;
