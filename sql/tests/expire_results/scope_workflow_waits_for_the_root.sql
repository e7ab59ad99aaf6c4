-- A child's result that its parents may still read stays until the last of them has ended.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as root \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as child \gset
insert into noetl.result_ref (ref, execution_id, name, store_tier, physical_uri, content_type, bytes, sha256, scope, created_at)
values ('noetl://1/result/1', :child, 'r', 'pvc', 'file:///r', 'application/json', 1, repeat('0', 64), 'workflow', now());
select noetl.cancel_execution(:child) \g /dev/null
select noetl_test.tick() \g /dev/null
update noetl.run set parent_execution_id = :root where execution_id = :child;
select noetl_test.worker() as w \gset
select is((select status from noetl.run where execution_id = :child), 'cancelled', 'the child has ended');
select is((select count(*) from noetl.expire_results(:'w', 100)), 0::bigint, 'the root still runs');
select noetl_test.work(:root) \g /dev/null
select noetl_test.worker() as w \gset
select is((select count(*) from noetl.expire_results(:'w', 100)), 1::bigint, 'now it may go');
update noetl.run set parent_execution_id = null where execution_id = :child;
select * from finish();
rollback;
