-- Copy the state of runs that changed into noetl.execution, up to p_limit changes in all, evenly
-- from these shards; returns how many outbox rows were consumed. A follower takes visible rows and
-- skips locked ones; it never follows ids, which are taken before commit. A run whose row somebody
-- else is writing is left for the next pass.
-- Locks: outbox rows, execution rows and checkpoints, skipping locked ones.
create or replace function noetl_internal.project_dirty(
  p_shards integer [],
  p_limit integer
)
returns integer
language plpgsql volatile
as $function$
declare
  v_changes bigint [];
  v_runs bigint [];
  v_free bigint [];
  v_done noetl.change [];
begin
  if cardinality(p_shards) = 0 then
    return 0;
  end if;
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
  -- New statements: they see what was committed before the rows were taken, and maybe more.
  with done as (
    delete from noetl.change as c
    where c.change_id = any(v_changes) and c.execution_id = any(v_runs)
    returning c.*
  )
  select array_agg(d::noetl.change) into v_done from done as d;
  perform noetl_internal.project_run(r.execution_id)
  from unnest(v_runs) as r (execution_id);
  perform noetl_internal.note_projected(p_shards, v_done);
  return coalesce(cardinality(v_done), 0);
end;
$function$;

comment on function noetl_internal.project_dirty(integer [], integer)
is 'Copy the state of runs that changed into noetl.execution.';
