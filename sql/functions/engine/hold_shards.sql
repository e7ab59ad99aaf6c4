-- The shards of a dispatcher, as hold_duties has its duties: renews their leases when a third of
-- their time is over, gives back what is more than its share, and takes what nobody has, or whose
-- owner has let the lease run out.
-- Locks: its own rows of shards; as take_shards.
create or replace function noetl_internal.hold_shards(p_session_id uuid)
returns integer []
language plpgsql volatile
as $function$
declare
  v_now timestamptz := noetl_internal.clock_now();
  v_lease interval := make_interval(
    secs => noetl_internal.setting_integer('dispatcher_lease_seconds')
  );
  v_share integer := noetl_internal.lease_share((select count(*) from noetl.execution_shard));
  v_own integer [];
begin
  -- Whose lease has run out keeps what nobody has taken since.
  update noetl.execution_shard as s
  set lease_until = v_now + v_lease
  where s.owner_session_id = p_session_id and s.lease_until < v_now + v_lease * 2 / 3;
  v_own := array(
    select s.shard from noetl.execution_shard as s
    where s.owner_session_id = p_session_id
    order by s.epoch, s.shard
  );
  if cardinality(v_own) > v_share then
    update noetl.execution_shard as s
    set owner_session_id = null, lease_until = null
    where s.owner_session_id = p_session_id and s.shard = any(v_own[v_share + 1:]);
    return v_own[:v_share];
  elsif cardinality(v_own) < v_share then
    v_own := v_own || noetl_internal.take_shards(
      p_session_id, v_share - cardinality(v_own), v_now, v_lease
    );
  end if;
  return v_own;
end;
$function$;

comment on function noetl_internal.hold_shards(uuid) is 'The shards of a dispatcher.';
