-- Write the checkpoints of those of these shards that have changed since the last one, unless it is
-- too young (checkpoint_pause): what is live in each, and how far it has come.
-- Locks: rows of noetl.checkpoint; the caller holds those of noetl.projection_checkpoint.
create or replace function noetl_internal.write_checkpoints(
  p_shards integer [],
  p_now timestamptz
)
returns void
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
begin
  insert into noetl.checkpoint (shard, checkpoint_at, state)
  select
    p.shard, p_now,
    noetl_internal.shard_state(p.shard) || jsonb_build_object(
      'epoch', p.epoch, 'last_change_id', p.last_change_id, 'last_event_id', p.last_event_id
    )
  from noetl.projection_checkpoint as p
  left join noetl.checkpoint as k on k.shard = p.shard
  where
    p.shard = any(p_shards)
    and p.updated_at is not null
    and (
      k.shard is null
      or p.updated_at > k.checkpoint_at
      and k.checkpoint_at <= p_now - noetl_internal.checkpoint_pause(k.state)
    )
  on conflict (shard) do update
  set checkpoint_at = excluded.checkpoint_at, state = excluded.state;
end;
$function$;

comment on function noetl_internal.write_checkpoints(integer [], timestamptz)
is 'Write the checkpoints of shards that have changed, at most one a second.';
