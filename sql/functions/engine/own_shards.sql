-- Those of these shards that a dispatcher owns, locked until the transaction ends, so that nobody
-- takes them meanwhile. Who does not own a shard any more, however late it learns of that, gets
-- nothing.
-- Locks: rows of shards, skipping locked ones, which somebody takes or gives back.
create or replace function noetl_internal.own_shards(
  p_owner uuid,
  p_shards integer []
)
returns integer []
language plpgsql volatile
as $function$
begin
  return array(
    select s.shard from noetl.execution_shard as s
    where s.shard = any(p_shards) and s.owner_session_id = p_owner
    order by s.shard
    for no key update skip locked
  );
end;
$function$;

comment on function noetl_internal.own_shards(uuid, integer [])
is 'Those of these shards that a dispatcher owns, locked.';
