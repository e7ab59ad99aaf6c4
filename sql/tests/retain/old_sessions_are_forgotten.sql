-- A process start is a row: a fleet that restarts each hour would leave them for ever.
begin;
select plan(7);
select noetl_test.retain_alone() \g /dev/null
select noetl_test.dispatch_alone() \g /dev/null
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker('holds') as holds \gset
select count(*) from noetl_test.claim(:'holds') \g /dev/null
select noetl_test.worker('old') as old \gset
select noetl_test.worker('alive') as alive \gset
select noetl.register_dispatcher('owns') as owns \gset
select count(noetl_internal.duties_of(:'owns')) \g /dev/null
select noetl.end_session(:'old') \g /dev/null
update noetl.runtime set status = 'ended', ended_at = noetl_internal.clock_now() where name in ('holds', 'owns');
create temporary view known as select string_agg(name, ' ' order by name) as names from noetl.runtime;

set local noetl.test_now = '2030-01-08 00:00:00+00';
select is((select sessions from noetl.retain()), 0, 'a week has passed');
set local noetl.test_now = '2030-01-08 00:00:01+00';
select is((select sessions from noetl.retain()), 1, 'and a second');
select is((select names from known), 'alive holds owns', 'who lives, holds a command or a duty is known');
select is((select done from noetl.retain()), 0, 'once more: nothing');
select noetl.reap_stale() \g /dev/null
update noetl.duty set owner_session_id = null, lease_until = null;
update noetl.setting set value = '0' where name = 'session_retention_days';
select is((select sessions from noetl.retain()), 0, '0 days: for ever');
update noetl.setting set value = '7' where name = 'session_retention_days';
select ok((select sessions from noetl.retain()) >= 2, 'then what they held is taken, and they go');
select is((select count(*) from noetl.runtime where session_id in (:'holds', :'owns')), 0::bigint, 'both');

select * from finish();
rollback;
