-- Take changes of these shards, up to p_limit in all, evenly, out of the outbox, to be projected by
-- the caller; null when there are none. A follower takes visible rows and skips locked ones; it
-- never follows ids, which are taken before commit. The changes of a run whose row somebody else is
-- writing stay for the next pass.
-- Locks: outbox rows and execution rows, skipping locked ones.
create or replace function noetl_internal.take_changes(
  p_shards integer [],
  p_limit integer
)
returns noetl.change []
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
declare
  v_changes bigint [];
  v_runs bigint [];
  v_free bigint [];
  v_done noetl.change [];
begin
  select array_agg(t.change_id), array_agg(distinct t.execution_id) into v_changes, v_runs
  from unnest(p_shards) as s (shard)
  cross join lateral (
    select c.change_id, c.execution_id from noetl.change as c
    where c.kind = 'dirty' and noetl_internal.shard_of(c.execution_id) = s.shard
    order by c.change_id
    limit ceil(p_limit::numeric / cardinality(p_shards))
    for update skip locked
  ) as t;
  v_free := array(
    select x.execution_id from noetl.execution as x
    where x.execution_id = any(v_runs)
    for no key update skip locked
  );
  v_runs := array(
    select r.execution_id from unnest(v_runs) as r (execution_id)
    where
      r.execution_id = any(v_free)
      or not exists (select from noetl.execution as x where x.execution_id = r.execution_id)
    order by r.execution_id
  );
  with done as (
    delete from noetl.change as c
    where c.change_id = any(v_changes) and c.execution_id = any(v_runs)
    returning c.*
  )
  select array_agg(d::noetl.change) into v_done from done as d;
  return v_done;
end;
$function$;

comment on function noetl_internal.take_changes(integer [], integer)
is 'Take changes of shards out of the outbox, to be projected.';
