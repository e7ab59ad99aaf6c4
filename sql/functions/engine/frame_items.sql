-- Outcomes of commands as outcomes of items: a frame of a cursor loop stands for those that its
-- report holds, which may be none, or for a failed one; other outcomes stand for themselves.
create or replace function noetl_internal.frame_items(p_outcomes noetl_internal.outcome [])
returns setof noetl_internal.outcome
language plpgsql stable
as $function$
begin
  return query
  select
    o.position, o.execution_id, o.command_id, o.catalog_id, o.token_id, o.step, o.task, o.loop_id,
    ((o.item ->> 'first_index')::integer + i.place - 1)::integer, o.issue, o.infra_attempt,
    o.shard_attempt, o.max_attempts, o.total, o.pool, o.priority, o.place, o.context_version,
    o.item, o.input, i.error is null,
    coalesce(
      nullif(i.result, 'null'),
      jsonb_build_object('status', case when i.error is null then 'ok' else 'error' end)
    ),
    '{"kind": "unknown", "message": "the worker gave no reason"}' || i.error,
    nullif(nullif(i.ctx, 'null'), '{}'), null::integer, null::text, o.meta, null::jsonb
  from unnest(p_outcomes) as o
  cross join lateral (
    select
      e.place, e.value -> 'result' as result, nullif(e.value -> 'error', 'null') as error,
      e.value -> 'ctx' as ctx
    from jsonb_array_elements(o.frame -> 'items') with ordinality as e (value, place)
    where noetl_internal.frame_size(o) is not null
    union all
    select
      1, case when not o.is_ok then o.result end,
      coalesce(
        o.error,
        '{"kind": "engine", "message": "the worker did not say which rows it had claimed"}'
      ),
      null
    where noetl_internal.frame_size(o) is null
  ) as i
  where o.task = 'frame'
  union all
  select o.* from unnest(p_outcomes) as o where o.task <> 'frame';
end;
$function$;

comment on function noetl_internal.frame_items(noetl_internal.outcome [])
is 'Outcomes of commands as outcomes of items.';
