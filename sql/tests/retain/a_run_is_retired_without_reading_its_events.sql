-- A hundred runs are retired in one transaction, and each may have millions of events.
begin;
select plan(3);
select noetl_test.retain_alone() \g /dev/null
set local enable_seqscan = off;
create function pg_temp.rows_read() returns bigint language sql volatile as $$
  select sum(t.seq_tup_read + coalesce(t.idx_tup_fetch, 0))::bigint
  from pg_stat_xact_all_tables as t
  where t.schemaname = 'noetl' and t.relname like 'event%'
$$;
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
select noetl.start_execution(:'path', '{}', '{"idempotency_key": "k"}') as x \gset
select is(noetl_test.work(:x), 'completed', 'a run has ended');
insert into noetl.event (execution_id, event_type, node_name, created_at)
select :x, 'loop.item', 'a', now() from generate_series(1, 3000);
select pg_temp.rows_read() as before \gset
select noetl_internal.retire_run(:x, now() + interval '1 day') \g /dev/null
select cmp_ok(pg_temp.rows_read() - :before, '<', 50::bigint, 'few of its events are read');
select is((select count(*) from noetl.start_key where execution_id = :x), 0::bigint, 'its key is free');

select * from finish();
rollback;
