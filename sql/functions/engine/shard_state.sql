-- What is live in a shard: its runs that have not ended, how many of them wait, the oldest, their
-- live loops, and how many items of these there are, are done and have failed.
create or replace function noetl_internal.shard_state(p_shard integer)
returns jsonb
language plpgsql stable
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
begin
  return (
    select
      jsonb_build_object(
        'runs', count(*), 'waiting', count(*) filter (where r.status = 'waiting'),
        'oldest_run', min(r.execution_id)::text
      )
    from noetl.run as r
    where noetl_internal.shard_of(r.execution_id) = p_shard and r.finished_at is null
  ) || (
    select
      jsonb_build_object(
        'loops', count(*), 'items', coalesce(sum(l.total), 0), 'done', coalesce(sum(l.done), 0),
        'failed', coalesce(sum(l.failed), 0)
      )
    from noetl.loop as l
    where noetl_internal.shard_of(l.execution_id) = p_shard and l.finished_at is null
  );
end;
$function$;

comment on function noetl_internal.shard_state(integer) is 'What is live in a shard.';
