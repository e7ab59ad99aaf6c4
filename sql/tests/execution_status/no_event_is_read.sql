-- However long the log is: what a status costs must not grow with it.
begin;
select plan(3);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b'))) as x \gset
-- Scans in this transaction of the log, its partitions, and their indexes.
prepare scans as
select coalesce(sum(t.seq_scan + coalesce(t.idx_scan, 0)), 0)::integer as count
from pg_stat_xact_all_tables as t
where t.relid in (select p.relid from pg_partition_tree('noetl.event') as p);
execute scans \gset before_
select count(*) from noetl.event where execution_id = :x \gset
execute scans \gset seen_
select cmp_ok(:seen_count, '>', :before_count, 'a look at the log is seen');
select is((select status from noetl.execution_status(:x)), 'running', 'a status is told');
execute scans \gset after_
select is(:after_count, :seen_count, 'P5.1-2: without a look at the log');

select * from finish();
rollback;
