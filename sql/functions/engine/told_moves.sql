-- What each ended step of a run left behind, and what was written between: its result, error and
-- loop, the ctx writes of its command or its items, and those of its own set and arcs, also of arcs
-- that chunks took. A step that failed before a retry_execution has not ended.
create or replace function noetl_internal.told_moves(p_execution_id bigint)
returns table (
  event_id bigint,
  step text,
  result jsonb,
  error jsonb,
  loop_id bigint,
  ctx jsonb,
  writes jsonb
)
language sql stable
as $function$
  select
    x.event_id, x.node_name,
    coalesce(
      c.result, case when l.loop_id is not null then noetl_internal.loop_result(l) end,
      '{"status": "ok"}'
    )
    || case x.status when 'failed' then '{"status": "error"}'::jsonb else '{}' end,
    case
      when x.status = 'failed' then x.context -> 'error'
      when x.status = 'ok' then null
      else
        coalesce(
          c.context -> 'error',
          case when l.loop_id is not null then noetl_internal.loop_error(l) end
        )
    end,
    l.loop_id,
    case
      when x.status = 'failed' then null
      when l.loop_id is not null
        then nullif(noetl_internal.gather_ctx(l) -> 'writes', 'null')
      else c.context -> 'ctx'
    end,
    x.context -> 'set'
  from (
    -- The call that a step's exit follows, if any, is the event of its token before it: a token has
    -- several after retry_execution.
    select m.*, lag(m) over (partition by m.meta ->> 'token_id' order by m.event_id) as call
    from noetl.event as m
    where
      m.execution_id = p_execution_id
      and m.event_type in ('call.done', 'call.error', 'step.exit')
  ) as x
  left join lateral (
    select (x.call).result, (x.call).context
    where (x.call).event_type in ('call.done', 'call.error')
  ) as c on true
  left join noetl.loop as l
    on l.execution_id = p_execution_id and l.token_id = (x.meta ->> 'token_id')::integer
  where
    x.event_type = 'step.exit'
    and x.status <> 'skipped'
    and (x.status <> 'failed' or x.event_id > noetl_internal.retried_at(p_execution_id))
  union all
  select w.event_id, null, null, null, null, w.context -> 'ctx', null
  from noetl.event as w
  where w.execution_id = p_execution_id and w.event_type = 'context.written'
  union all
  select p.event_id, null, null, null, null, null, p.context -> 'set'
  from noetl.event as p
  where
    p.execution_id = p_execution_id and p.event_type = 'call.partial' and p.context ? 'set'
$function$;

comment on function noetl_internal.told_moves(bigint)
is 'What each ended step of a run left behind, and what was written between.';
