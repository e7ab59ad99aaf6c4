-- Who tries to drop a partition that is in use holds up every report for its lock_timeout: once.
begin;
select plan(2);
create temporary table tried (partition regclass);
create or replace function noetl_internal.log_partitions()
returns table (partition regclass, low bigint, high bigint) language sql stable as $$
  select c.oid::regclass, n - 1, n
  from generate_series(1, 3) as n
  cross join pg_class as c
  where c.oid = 'noetl.event'::regclass
$$;
create or replace function noetl_internal.check_week(
  p_partition regclass, p_low bigint, p_high bigint, p_limit integer, out looked integer, out is_through boolean
) language sql volatile as 'select 0, p_low <> 0';
create or replace function noetl_internal.drop_partition(p_partition regclass, p_low bigint, p_high bigint)
returns boolean language sql volatile as 'insert into pg_temp.tried values (p_partition) returning false';
create or replace function noetl_internal.drop_retired_events(p_partition regclass, p_limit integer)
returns integer language sql volatile as 'select 5';

select results_eq(
  'select * from noetl_internal.trim_log(now(), 100)', 'values (0, 5, 0)',
  'what can be removed without a drop is'
);
select is((select count(*) from tried), 1::bigint, 'one drop is tried');

select * from finish();
rollback;
