-- Sizes of tables and of the log's partitions, indexes included, as the last vacuum or analyze saw
-- them, how many partitions there are after this week's, and what retention cannot do.
create or replace function noetl_internal.table_samples()
returns table (name text, labels jsonb, value double precision)
language sql stable
as $function$
  with sizes as (
    select t.relname, sum(p.relpages) as pages
    from pg_class as t
    cross join lateral (
      select t.relpages
      union all
      select i.relpages
      from pg_index as x
      inner join pg_class as i on i.oid = x.indexrelid
      where x.indrelid = t.oid
      union all
      select o.relpages from pg_class as o where o.oid = t.reltoastrelid
    ) as p (relpages)
    where t.relnamespace = 'noetl'::regnamespace and t.relkind = 'r'
    group by t.relname
  )
  select
    'noetl_table_bytes', jsonb_build_object('table', s.relname),
    s.pages * current_setting('block_size')::double precision
  from sizes as s
  union all
  select 'noetl_retention_failures', '{}'::jsonb, count(*) from noetl.retention_failure
  union all
  select 'noetl_event_partitions_ahead', '{}'::jsonb, count(*)
  from pg_inherits as i
  inner join pg_class as c on c.oid = i.inhrelid
  where
    i.inhparent = 'noetl.event'::regclass
    and c.relname > 'event_' || to_char(
      noetl_internal.clock_now() at time zone 'UTC', 'IYYY"w"IW'
    )
$function$;

comment on function noetl_internal.table_samples()
is 'Sizes of tables and partitions of the log ahead, for metrics.';
