-- Make the queue of a live run from its events: what was issued and has not ended, leased to whom
-- it was leased. The places in line are new ones, in the order of issue.
create or replace function noetl_internal.rebuild_commands(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.command (
    execution_id, command_id, catalog_id, token_id, step, task, loop_id, iter_index, issue,
    infra_attempt, shard_attempt, max_attempts, total, pool, priority, place, context_version,
    item, input, status, session_id, claimed_at
  )
  select
    p_run.execution_id, i.command_id, p_run.catalog_id,
    coalesce((i.meta ->> 'token_id')::integer, l.token_id), i.step,
    coalesce(i.meta ->> 'task', 'run'), l.loop_id, i.iter_index,
    coalesce(substring(i.command_id from '-([0-9]+)$')::integer, 1),
    (i.meta ->> 'attempt')::smallint,
    coalesce((i.meta ->> 'shard_attempt')::smallint, 1::smallint),
    coalesce((d.definition ->> 'max_attempts')::smallint, 3::smallint),
    case when l.mode <> 'cursor' then l.total end,
    coalesce(d.definition ->> 'pool', p_run.pool), p_run.priority,
    noetl_internal.served_place() + row_number() over (order by i.event_id),
    p_run.context_version,
    case
      when i.meta ? 'frame' then i.meta -> 'frame'
      when not l.is_external
        then (
          select m.item
          from noetl_internal.load_items(p_run.execution_id, l.loop_id, i.iter_index, 1) as m
        )
    end,
    i.context -> 'input',
    case
      when i.session_id is not null then 'leased' when p_run.is_paused then 'held' else 'queued'
    end,
    i.session_id, i.claimed_at
  from noetl_internal.told_commands(p_run.execution_id) as i
  left join noetl.loop as l
    on l.execution_id = p_run.execution_id and l.loop_id = (i.meta ->> 'loop_id')::bigint
  cross join lateral noetl_internal.step_definition(p_run.catalog_id, i.step) as d (definition)
  where p_run.finished_at is null;
end;
$function$;

comment on function noetl_internal.rebuild_commands(noetl.run)
is 'Make the queue of a live run from its events.';
