-- A person looks for what a run has left.
begin;
select plan(4);
insert into noetl.result_ref (ref, execution_id, name, step, store_tier, physical_uri, content_type, bytes, sha256, created_at)
select format('noetl://7/result/%s', n), 7, n::text, 'a', 'pvc', 'file:///' || n, 'application/json', n, repeat('0', 64), now() from generate_series(1, 5) as n;
select is((select array_agg(name) from noetl.list_results(7)), '{1,2,3,4,5}', 'all, in order');
select is((select array_agg(name) from noetl.list_results(7, 2)), '{1,2}', 'page by page');
select is((select array_agg(name) from noetl.list_results(7, 2, (select ref_id from noetl.list_results(7) where name = '4'))), '{5}', 'after one');
select is((select count(*) from noetl.list_results(8)), 0::bigint, 'none of another run');
select * from finish();
rollback;
