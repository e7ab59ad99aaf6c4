-- All schedules: when they fire next, and how their last firing went.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_schedules()
returns table (
  name text,
  path text,
  version integer,
  cron text,
  time_zone text,
  workload jsonb,
  priority integer,
  missed text,
  is_active boolean,
  next_at timestamptz,
  last_at timestamptz,
  last_execution_id bigint,
  last_error jsonb,
  run_as name,
  created_at timestamptz,
  updated_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select
    s.name, s.path, s.version, s.cron, s.time_zone, s.workload, s.priority::integer, s.missed,
    s.is_active, s.next_at, s.last_at, s.last_execution_id, s.last_error, s.run_as, s.created_at,
    s.updated_at
  from noetl.schedule as s
  order by s.name
$function$;

comment on function noetl.list_schedules()
is 'All schedules: when they fire next, and how their last firing went.';
revoke all on function noetl.list_schedules() from public;
grant execute on function noetl.list_schedules() to noetl_runner, noetl_operator, noetl_reader;
