-- The number of the latest execution.retried event of a run, 0 without one: what failed before it
-- runs again.
create or replace function noetl_internal.retried_at(p_execution_id bigint)
returns bigint
language sql stable
as $function$
  select coalesce(max(e.event_id), 0)
  from noetl.event as e
  where e.execution_id = p_execution_id and e.event_type = 'execution.retried'
$function$;

comment on function noetl_internal.retried_at(bigint)
is 'The number of the latest execution.retried event of a run.';
