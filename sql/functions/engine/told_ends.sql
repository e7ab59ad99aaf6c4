-- What the events of a run tell of its end: the event that ended it, if any, why it fails, the step
-- that ended last, whether the final step has had its turn, and whether the run is paused.
create or replace function noetl_internal.told_ends(
  p_execution_id bigint,
  out ended jsonb,
  out error jsonb,
  out last_step text,
  out is_final_step_done boolean,
  out is_paused boolean
)
language sql stable
as $function$
  select
    (
      array_agg(
        jsonb_build_object(
          'status', e.status, 'created_at', e.created_at, 'result', e.result, 'error', e.error
        )
      ) filter (
        where
          e.event_type in ('playbook.completed', 'playbook.failed', 'execution.cancelled')
          and e.event_id > r.retried_at
      )
    )[1],
    (
      array_agg(e.context -> 'error')
      filter (where e.event_type = 'execution.failing' and e.event_id > r.retried_at)
    )[1],
    (
      array_agg(e.node_name order by e.event_id desc)
      filter (where e.event_type = 'step.exit' and e.status <> 'skipped')
    )[1],
    coalesce(bool_or(e.event_type = 'step.enter' and e.status = 'final'), false),
    coalesce(
      (
        array_agg(e.event_type order by e.event_id desc)
        filter (
          where
            e.event_type in ('execution.paused', 'execution.resumed')
            and e.event_id > r.retried_at
        )
      )[1] = 'execution.paused',
      false
    )
  from noetl.event as e
  cross join (select noetl_internal.retried_at(p_execution_id) as retried_at) as r
  where
    e.execution_id = p_execution_id
    and e.event_type in (
      'playbook.completed', 'playbook.failed', 'execution.cancelled', 'execution.failing',
      'execution.paused', 'execution.resumed', 'step.enter', 'step.exit'
    )
$function$;

comment on function noetl_internal.told_ends(bigint)
is 'What the events of a run tell of its end.';
