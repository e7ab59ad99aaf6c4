-- The commands of failed shards of live fan-outs that have retries left; null when there are none.
create or replace function noetl_internal.failed_shards(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome []
)
returns noetl_internal.draft []
language plpgsql stable
as $function$
begin
  return (
    select array_agg(noetl_internal.outcome_draft(o))
    from unnest(p_outcomes) as o
    inner join noetl.loop as l
      on l.execution_id = p_execution_id and l.loop_id = o.loop_id
    where
      not o.is_ok
      and l.mode = 'fanout'
      and l.status in ('expanding', 'running')
      and o.shard_attempt <= l.max_shard_retries
      and o.error -> 'retryable' is distinct from 'false'
      and coalesce(o.error ->> 'kind', '') <> 'worker_lost'
  );
end;
$function$;

comment on function noetl_internal.failed_shards(bigint, noetl_internal.outcome [])
is 'The commands of failed shards of live fan-outs that have retries left.';
