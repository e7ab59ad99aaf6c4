-- Take up to p_count shards that nobody has, or whose owner has let the lease run out; which.
-- None for a session that is ending.
-- Locks: rows of shards, skipping locked ones: what somebody projects in this moment is not taken;
-- as hold_session.
create or replace function noetl_internal.take_shards(
  p_session_id uuid,
  p_count integer,
  p_now timestamptz,
  p_lease interval
)
returns integer []
language plpgsql volatile
as $function$
declare
  v_taken integer [];
begin
  with free as (
    select s.shard from noetl.execution_shard as s
    where s.owner_session_id is null or s.lease_until <= p_now
    order by s.shard
    limit p_count
    for no key update skip locked
  ),
  taken as (
    update noetl.execution_shard as s
    set owner_session_id = p_session_id, lease_until = p_now + p_lease, epoch = s.epoch + 1
    from free as f
    where s.shard = f.shard and noetl_internal.hold_session(p_session_id)
    returning s.shard
  )
  select coalesce(array_agg(t.shard order by t.shard), '{}') into v_taken from taken as t;
  return v_taken;
end;
$function$;

comment on function noetl_internal.take_shards(uuid, integer, timestamptz, interval)
is 'Take shards that nobody has.';
