-- Let the planner know noetl.event as a whole, which autovacuum never does for a partitioned table,
-- when its size is a fifth off what is known, or a week old; whether it did. Somebody who is at it,
-- or attaches a partition, is not waited for.
-- Locks: noetl.event and its partitions against other maintenance; no reader, no writer.
create or replace function noetl_internal.analyze_log()
returns boolean
language plpgsql volatile
set lock_timeout = '100ms'
as $function$
declare
  v_known double precision;
  v_tuples double precision;
  v_analyzed_at timestamptz;
begin
  select greatest(c.reltuples, 0), s.last_analyze into v_known, v_analyzed_at
  from pg_class as c
  left join pg_stat_all_tables as s on s.relid = c.oid
  where c.oid = 'noetl.event'::regclass;
  select sum(greatest(c.reltuples, 0)) into v_tuples
  from pg_inherits as i
  inner join pg_class as c on c.oid = i.inhrelid
  where i.inhparent = 'noetl.event'::regclass;
  if v_tuples < 1000 and v_known < 1000 or abs(v_tuples - v_known) <= v_known * 0.2
    and v_analyzed_at > noetl_internal.clock_now() - interval '7 days'
  then
    return false;
  end if;
  -- Where it can, it leaves the partitions to autovacuum.
  execute format(
    'analyze %s noetl.event',
    case when current_setting('server_version_num')::integer >= 180000 then 'only' end
  );
  return true;
exception
  when lock_not_available or deadlock_detected then
    return false;
end;
$function$;

comment on function noetl_internal.analyze_log()
is 'Let the planner know noetl.event as a whole, when enough has changed.';
