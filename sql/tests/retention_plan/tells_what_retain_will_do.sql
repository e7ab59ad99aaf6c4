-- Who sets a retention for the first time looks before what is gone is gone.
begin;
select plan(6);
select noetl_test.retain_alone() \g /dev/null
select noetl_test.start(jsonb_build_array(noetl_test.step('p'))) as parent \gset
select noetl_test.playbook(jsonb_build_array(noetl_test.step('c'))) as path \gset
select noetl_test.worker() as w \gset
select command_id as command from noetl_test.claim(:'w') where step = 'p' \gset
select noetl.start_execution(:'path', '{}', jsonb_build_object(
  'parent_execution_id', :parent, 'parent_command_id', :'command', 'session', :'w', 'idempotency_key', 'k'
)) as child \gset
select command_id as c from noetl_test.claim(:'w') where execution_id = :child \gset
select noetl_test.report(:'w', :child, :'c') \g /dev/null
select noetl_test.report(:'w', :parent, :'command') \g /dev/null
select noetl_test.tick() \g /dev/null
select noetl_test.start(jsonb_build_array(noetl_test.step('live'))) as live \gset
select clock_timestamp() + interval '30 days 1 second' as later \gset
set local noetl.test_now = :'later';
create temporary view plan as select item, count from noetl.retention_plan() where item <> 'partition';
select results_eq('table plan', $$ values ('executions', 0::bigint), ('sessions', 0) $$, 'without a retention nothing');
update noetl.setting set value = '30' where name = 'retention_days';
select results_eq('table plan', $$ values ('executions', 2::bigint), ('sessions', 0) $$, 'parent and child, and not the run that lives');
select is((select count(*) from noetl.manifest where execution_id in (:parent, :child)), 0::bigint, 'nothing is done');
select noetl.end_session(:'w') \g /dev/null
update noetl.runtime set ended_at = noetl_internal.clock_now() - interval '8 days' where session_id = :'w';
select results_eq('table plan', $$ values ('executions', 2::bigint), ('sessions', 1) $$, 'a session');
select is(noetl_test.retain(), 2::bigint, 'and so it is');
select results_eq('table plan', $$ values ('executions', 0::bigint), ('sessions', 0) $$, 'then nothing is left');

select * from finish();
rollback;
