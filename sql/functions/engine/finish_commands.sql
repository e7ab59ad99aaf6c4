-- Take the commands of one run that these reports, ordered by command, finish out of the queue,
-- under the fence (command, issue number in its id, session); a report that owns nothing changes
-- nothing.
-- Locks: command rows, ascending.
create or replace function noetl_internal.finish_commands(
  p_execution_id bigint,
  p_reports noetl_internal.report []
)
returns noetl_internal.outcome []
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
declare
  v_outcomes noetl_internal.outcome [];
begin
  -- One index probe per report, in their order, which is the lock order: as one condition the
  -- planner may read every command of the run instead.
  with owned as (
    select c.row_place, r as report
    from unnest(p_reports) as r
    cross join lateral (
      select q.ctid as row_place
      from noetl.command as q
      where
        q.execution_id = p_execution_id
        and q.command_id = r.command_id
        and q.session_id = r.session_id  -- so it is leased: command_leased_iff_owned
      for update
    ) as c
  ),
  finished as (
    delete from noetl.command as c
    using owned as o
    where c.ctid = o.row_place  -- locked, so it stays where it is
    returning c.*, o.report
  )
  select
    array_agg(
      row(
        (f.report).position, f.execution_id, f.command_id, f.catalog_id, f.token_id, f.step,
        f.task, f.loop_id, f.iter_index, f.issue, f.infra_attempt, f.shard_attempt,
        f.max_attempts, f.total, f.pool, f.priority, f.place, f.context_version, f.item, f.input,
        (f.report).event_type = 'command.completed', (f.report).result, (f.report).error,
        (f.report).ctx, (f.report).collection_size, (f.report).iter_key, (f.report).meta,
        (f.report).frame
      )::noetl_internal.outcome
      order by f.command_id
    )
  into v_outcomes
  from finished as f;
  return v_outcomes;
end;
$function$;

comment on function noetl_internal.finish_commands(bigint, noetl_internal.report [])
is 'Take the commands that reports finish out of the queue, under their fence.';
