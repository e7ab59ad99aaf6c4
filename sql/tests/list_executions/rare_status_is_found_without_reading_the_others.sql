-- Who looks for the failed runs of a long history must not read all of it for each page.
begin;
select plan(5);
create function pg_temp.rows_read() returns bigint language sql volatile as $$
  select (t.seq_tup_read + t.idx_tup_fetch)::bigint from pg_stat_xact_all_tables as t where t.relid = 'noetl.execution'::regclass
$$;
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
insert into noetl.execution (execution_id, catalog_id, path, status, start_time, end_time, state, version)
select n, c.catalog_id, c.path, case when n in (10, 20, 30) then 'failed' else 'completed' end, now(), now(), '{}', 1
from generate_series(1, 20000) as n cross join (select * from noetl.catalog where path = :'path') as c;
analyze noetl.execution;

select pg_temp.rows_read() as before \gset
select results_eq($$ select execution_id from noetl.list_executions(2, 'failed') $$, 'values (30::bigint), (20)', 'a page');
select results_eq($$ select execution_id from noetl.list_executions(2, 'failed', 20) $$, 'values (10::bigint)', 'the next one');
select is_empty($$ select execution_id from noetl.list_executions(2, 'cancelled') $$, 'a status that none has');
select is((select count(*) from noetl.list_executions(50, 'completed', 10000)), 50::bigint, 'a page of the others');
select cmp_ok(pg_temp.rows_read() - :before, '<', 200::bigint, 'little is read');
select * from finish();
rollback;
