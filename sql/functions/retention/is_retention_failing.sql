-- Whether an execution could not be retired within the last hour: it is left alone for so long.
create or replace function noetl_internal.is_retention_failing(p_execution_id bigint)
returns boolean
language sql stable
as $function$
  select exists (
    select from noetl.retention_failure as f
    where
      f.execution_id = p_execution_id
      and f.failed_at > noetl_internal.clock_now() - interval '1 hour'
  )
$function$;

comment on function noetl_internal.is_retention_failing(bigint)
is 'Whether an execution could not be retired within the last hour.';
