-- Autovacuum analyses partitions and never the table that they are parts of.
begin;
select plan(3);
-- Tests beside this one may have analysed it, or its parts; that is never rolled back. First what
-- create_partitions locks first.
select pg_advisory_xact_lock(noetl_internal.lock_key('partitions', 0));
lock table noetl.event in share update exclusive mode;
set local allow_system_table_mods = on;
update pg_class set reltuples = -1, relpages = 0
where
  oid = 'noetl.event'::regclass
  or oid in (select inhrelid from pg_inherits where inhparent = 'noetl.event'::regclass);
create temporary view known as
select reltuples > 0 as is_known from pg_class where oid = 'noetl.event'::regclass;
select noetl.maintain_partitions() \g /dev/null
select is(noetl_internal.analyze_log(), false, 'a small log is not worth it');
insert into noetl.event (execution_id, event_type, created_at)
select noetl_internal.execution_id_at(now()), 'signal.received', now() from generate_series(1, 3000);
select is((select is_known from known), false, 'nothing is known');
select format('analyze %s', partition) from noetl_internal.log_partitions()
where low <= noetl_internal.execution_id_at(now()) and high > noetl_internal.execution_id_at(now()) \gexec
select noetl.maintain_partitions() \g /dev/null
select is((select is_known from known), true, 'maintenance makes the whole known when a part is');

select * from finish();
rollback;
