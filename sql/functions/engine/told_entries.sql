-- What the events of a run tell of each token since the last retry_execution: whether it is gone,
-- whether it has entered its step and what it waits for there, its place under a concurrency key,
-- whether a loop of it has begun, the issue number of its next command, and the event of a call
-- that has ended well and that nothing has followed, because the run was failing.
create or replace function noetl_internal.told_entries(p_execution_id bigint)
returns table (
  token_id integer,
  is_gone boolean,
  has_entered boolean,
  has_loop boolean,
  wait jsonb,
  slot jsonb,
  issue integer,
  call_id bigint
)
language sql stable
as $function$
  select
    (e.meta ->> 'token_id')::integer,
    coalesce(
      bool_or(
        e.event_type = 'step.exit' and (e.status <> 'failed' or e.event_id > r.retried_at)
      ),
      false
    ),
    coalesce(bool_or(e.event_type = 'step.enter' and e.event_id > r.retried_at), false),
    coalesce(bool_or(e.event_type = 'loop.started'), false),
    (
      array_agg(e.context -> 'wait' order by e.event_id desc)
      filter (where e.event_type = 'step.enter' and e.event_id > r.retried_at)
    )[1],
    (
      array_agg(e.context -> 'concurrency' order by e.event_id desc)
      filter (where e.event_type = 'step.enter')
    )[1],
    coalesce(
      max(substring(e.meta ->> 'command_id' from '-([0-9]+)$')::integer)
      filter (where e.event_type = 'command.issued' and e.event_id < r.retried_at) + 1,
      1
    ),
    (
      array_agg(
        case when e.event_type = 'call.done' then e.event_id end order by e.event_id desc
      ) filter (where e.event_type in ('call.done', 'call.error', 'step.enter', 'step.exit'))
    )[1]
  from noetl.event as e
  cross join (select noetl_internal.retried_at(p_execution_id) as retried_at) as r
  where
    e.execution_id = p_execution_id
    and e.event_type in (
      'step.enter', 'step.exit', 'loop.started', 'command.issued', 'call.done', 'call.error'
    )
    and e.meta ? 'token_id'
  group by e.meta ->> 'token_id'
$function$;

comment on function noetl_internal.told_entries(bigint)
is 'What the events of a run tell of each token since the last retry_execution.';
