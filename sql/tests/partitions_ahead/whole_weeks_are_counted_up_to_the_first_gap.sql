-- What is ahead is what an alert looks at: without a partition for now nothing can start.
begin;
select plan(3);
-- Tests beside this one may hold it for longer than create_partitions waits.
select pg_advisory_xact_lock(noetl_internal.lock_key('partitions', 0));
lock table noetl.event in share update exclusive mode;
select noetl.maintain_partitions() \g /dev/null
select is(noetl.partitions_ahead(), 8, 'eight weeks are made');
-- Hides a partition instead of dropping it: the tests that run beside this one write to them.
create function pg_temp.without(p_weeks integer) returns integer language plpgsql volatile as $$
declare
  v_ahead integer;
begin
  alter function noetl_internal.log_partitions() rename to log_partitions_before;
  execute format(
    'create function noetl_internal.log_partitions() returns table (partition regclass, low bigint, high bigint) language sql stable as
    ''select * from noetl_internal.log_partitions_before() as p where not (p.low <= %1$s and p.high > %1$s)''',
    noetl_internal.execution_id_at(now() + make_interval(weeks => p_weeks))
  );
  v_ahead := noetl.partitions_ahead();
  drop function noetl_internal.log_partitions();
  alter function noetl_internal.log_partitions_before() rename to log_partitions;
  return v_ahead;
end;
$$;
select is(pg_temp.without(3), 2, 'up to a gap');
select is(pg_temp.without(0), 0, 'none, if there is none for now');

select * from finish();
rollback;
