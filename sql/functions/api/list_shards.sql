-- The shards of the projection: which dispatcher owns each and until when (null: workers project
-- it), how many owners it has had, how far behind it is now, when it was projected last, and what
-- its latest checkpoint tells of it. Locks: none. Raises: nothing.
create or replace function noetl.list_shards()
returns table (
  shard integer,
  owner text,
  lease_until timestamptz,
  epoch bigint,
  lag_ms integer,
  projected_at timestamptz,
  checkpoint_at timestamptz,
  state jsonb
)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
  select
    s.shard, r.name, s.lease_until, s.epoch, g.lag_ms, p.updated_at, k.checkpoint_at, k.state
  from noetl.execution_shard as s
  inner join noetl.projection_lag() as g on g.shard = s.shard
  left join noetl.runtime as r on r.session_id = s.owner_session_id
  left join noetl.projection_checkpoint as p on p.shard = s.shard
  left join noetl.checkpoint as k on k.shard = s.shard
  order by s.shard
$function$;

comment on function noetl.list_shards()
is 'The shards of the projection: whose each is, and how far behind.';
revoke all on function noetl.list_shards() from public;
grant execute on function noetl.list_shards() to noetl_reader, noetl_runner, noetl_operator;
