-- The sessions of workers and dispatchers that have not ended. capacity is what the process said
-- last (docs/protocol.md), held how many commands it has now, heartbeat_age how many seconds ago it
-- gave its last sign of life: silent for as long as nothing is sent to it any more (worker_rooms),
-- and after session_timeout_seconds left out, whether somebody has ended its session or not.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_workers()
returns table (
  name text,
  kind text,
  pools text [],
  capacity jsonb,
  held integer,
  registered_at timestamptz,
  heartbeat_at timestamptz,
  heartbeat_age double precision,
  state text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select
    s.name, s.kind, s.pools, s.capacity,
    (
      select count(*)::integer from noetl.command as c
      where c.session_id = s.session_id and c.status = 'leased'
    ),
    s.registered_at, s.heartbeat_at,
    extract(epoch from noetl_internal.clock_now() - s.heartbeat_at)::double precision,
    case
      when s.heartbeat_at > noetl_internal.clock_now() - interval '30 seconds' then 'live'
      else 'silent'
    end
  from noetl.runtime as s
  where
    s.status = 'active'
    and s.heartbeat_at >= noetl_internal.clock_now() - make_interval(
      secs => noetl_internal.setting_integer('session_timeout_seconds')
    )
  order by s.kind, s.name
$function$;

comment on function noetl.list_workers()
is 'The sessions of workers and dispatchers that have not ended.';
revoke all on function noetl.list_workers() from public;
grant execute on function noetl.list_workers() to noetl_reader, noetl_runner, noetl_operator;
