-- Note per shard how far the projection has come and how long the changes had waited, and write the
-- checkpoints that are due. What another session notes in this moment is left to it.
-- Locks: rows of noetl.projection_checkpoint, skipping locked ones; rows of noetl.checkpoint.
create or replace function noetl_internal.note_projected(
  p_shards integer [],
  p_changes noetl.change []
)
returns void
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
declare
  v_now timestamptz := noetl_internal.clock_now();
  v_shards integer [] := array(
    select p.shard from noetl.projection_checkpoint as p
    where p.shard = any(p_shards)
    order by p.shard
    for no key update skip locked
  );
begin
  update noetl.projection_checkpoint as p
  set
    epoch = d.epoch, last_change_id = greatest(p.last_change_id, d.last_change_id),
    last_event_id = greatest(p.last_event_id, d.last_event_id), lag_ms = d.lag_ms,
    updated_at = v_now
  from (
    select
      s.shard, s.epoch, max(c.change_id) as last_change_id, max(x.last_event_id) as last_event_id,
      -- With the time that projecting has taken.
      extract(
        epoch from v_now - min(c.marked_at) + (clock_timestamp() - statement_timestamp())
      ) * 1000 as lag_ms
    from unnest(p_changes) as c
    inner join noetl.execution_shard as s on s.shard = noetl_internal.shard_of(c.execution_id)
    left join noetl.execution as x on x.execution_id = c.execution_id
    where s.shard = any(v_shards)
    group by s.shard, s.epoch
  ) as d
  where p.shard = d.shard;
  perform noetl_internal.write_checkpoints(v_shards, v_now);
end;
$function$;

comment on function noetl_internal.note_projected(integer [], noetl.change [])
is 'Note per shard how far the projection has come.';
