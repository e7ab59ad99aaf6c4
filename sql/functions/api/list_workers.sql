-- The live sessions of workers and dispatchers.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_workers()
returns table (
  name text,
  kind text,
  pools text [],
  capacity jsonb,
  registered_at timestamptz,
  heartbeat_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select s.name, s.kind, s.pools, s.capacity, s.registered_at, s.heartbeat_at
  from noetl.runtime as s
  where s.status = 'active'
  order by s.kind, s.name
$function$;

comment on function noetl.list_workers() is 'The live sessions of workers and dispatchers.';
revoke all on function noetl.list_workers() from public;
grant execute on function noetl.list_workers() to noetl_reader, noetl_runner, noetl_operator;
