-- How far the projection of each shard is behind now: how long the oldest visible change has
-- waited, in milliseconds from when it was marked (so with what its transaction went on for); 0:
-- nothing waits. Locks: none. Raises: nothing.
create or replace function noetl.projection_lag()
returns table (shard integer, lag_ms integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
begin
  return query
  select
    s.shard,
    coalesce(
      extract(epoch from greatest(noetl_internal.clock_now() - c.marked_at, interval '0')) * 1000,
      0
    )::integer
  from noetl.execution_shard as s
  left join lateral (
    select d.marked_at from noetl.change as d
    where d.kind = 'dirty' and noetl_internal.shard_of(d.execution_id) = s.shard
    order by d.change_id
    limit 1
  ) as c on true
  order by s.shard;
end;
$function$;

comment on function noetl.projection_lag()
is 'How far the projection of each shard is behind now, in milliseconds.';
revoke all on function noetl.projection_lag() from public;
grant execute on function noetl.projection_lag()
to noetl_reader, noetl_runner, noetl_operator, noetl_worker;
