-- The place that a run needs under its playbook's concurrency key, {"key", "limit", "is_held"}, as
-- its events tell; null when it needs none. A run that has entered a step has had it granted.
create or replace function noetl_internal.told_queue(p_execution_id bigint)
returns jsonb
language sql stable
as $function$
  select
    q.context -> 'concurrency' || jsonb_build_object(
      'is_held',
      exists (
        select from noetl.event as e
        where e.execution_id = p_execution_id and e.event_type = 'step.enter'
      )
    )
  from noetl.event as q
  where q.execution_id = p_execution_id and q.event_type = 'execution.queued'
$function$;

comment on function noetl_internal.told_queue(bigint)
is 'The place that a run needs under its playbook''s concurrency key.';
