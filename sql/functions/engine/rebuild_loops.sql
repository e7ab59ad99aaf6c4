-- Make the loops of a run from its events, as if all were live: settle_loops says which have ended.
create or replace function noetl_internal.rebuild_loops(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.loop (
    execution_id, loop_id, token_id, catalog_id, step, mode, status, total, issued, done, failed,
    cancelled, to_repeat, remaining_slots, max_in_flight, max_shard_retries, max_failures, policy,
    is_external, collection_ref, input, pool, priority, next_place, context_version,
    has_ctx_writes, first_error, retried_at, version, started_at
  )
  select
    p_run.execution_id, l.loop_id, l.token_id, p_run.catalog_id, l.step, l.mode,
    case
      when
        l.mode <> 'cursor' and i.issued < l.total
        and i.issued - i.done - i.failed < l.max_in_flight
        then 'expanding'
      else 'running'
    end,
    case when l.mode = 'cursor' then i.done + i.failed else l.total end, i.issued, i.done,
    i.failed, 0, 0, case when l.mode = 'cursor' then 0 end, l.max_in_flight,
    coalesce((d.spec ->> 'max_shard_retries')::integer, 2),
    noetl_internal.failure_limit(d.spec ->> 'max_failures', l.total),
    noetl_internal.loop_policy(d.spec), l.is_external, l.collection_ref,
    t.token -> 'input',
    coalesce(d.definition ->> 'pool', p_run.pool), p_run.priority, 0, p_run.context_version,
    i.has_ctx_writes and l.mode <> 'sequential', i.first_error, i.retried_at, 1, l.started_at
  from (
    select
      (e.meta ->> 'loop_id')::bigint as loop_id, (e.meta ->> 'token_id')::integer as token_id,
      e.node_name as step, e.meta ->> 'mode' as mode,
      (e.meta ->> 'collection_size')::integer as total,
      (e.context ->> 'max_in_flight')::integer as max_in_flight,
      (e.context ->> 'is_external')::boolean as is_external,
      nullif(
        e.context ->> 'collection_ref',
        noetl_internal.loop_uri(e.execution_id, (e.meta ->> 'loop_id')::bigint)
      ) as collection_ref,
      e.created_at as started_at
    from noetl.event as e
    where e.execution_id = p_run.execution_id and e.event_type = 'loop.started'
  ) as l
  inner join noetl_internal.told_items(p_run.execution_id) as i on i.loop_id = l.loop_id
  inner join noetl_internal.told_tokens(p_run.execution_id) as t on t.token_id = l.token_id
  cross join lateral noetl_internal.step_definition(p_run.catalog_id, l.step) as s (definition)
  cross join lateral (
    select s.definition as definition, s.definition -> 'loop' as spec
  ) as d;
end;
$function$;

comment on function noetl_internal.rebuild_loops(noetl.run)
is 'Make the loops of a run from its events.';
