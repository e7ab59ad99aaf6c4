-- The shards, of one owner or all, that have something to project, and from when: p_now when runs
-- have changed; else when the next checkpoint of a shard that has changed since may be written.
create or replace function noetl_internal.due_shards(
  p_owner uuid,
  p_now timestamptz
)
returns table (shard integer, due_at timestamptz)
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
#variable_conflict use_column
begin
  return query
  select d.shard, d.due_at
  from (
    select
      s.shard,
      case
        when c.change_id is not null then p_now
        when p.updated_at > k.checkpoint_at
          then k.checkpoint_at + noetl_internal.checkpoint_pause(k.state)
      end as due_at
    from noetl.execution_shard as s
    inner join noetl.projection_checkpoint as p on p.shard = s.shard
    left join noetl.checkpoint as k on k.shard = s.shard
    -- Not exists (…), which may be planned as one look at all changes.
    left join lateral (
      select d.change_id from noetl.change as d
      where d.kind = 'dirty' and noetl_internal.shard_of(d.execution_id) = s.shard
      order by d.change_id
      limit 1
    ) as c on true
    where p_owner is null or s.owner_session_id = p_owner
  ) as d
  where d.due_at is not null
  order by d.shard;
end;
$function$;

comment on function noetl_internal.due_shards(uuid, timestamptz)
is 'The shards that have something to project, and from when.';
