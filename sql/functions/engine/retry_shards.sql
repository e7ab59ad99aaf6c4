-- Issue failed shards of live fan-outs again while they have retries left; returns the commands
-- that are replaced. The new command keeps loop and index, with the next issue number of the item.
create or replace function noetl_internal.retry_shards(
  p_execution_id bigint,
  p_outcomes noetl_internal.outcome []
)
returns setof text
language plpgsql volatile
as $function$
declare
  v_failed noetl_internal.draft [];
begin
  select array_agg(noetl_internal.outcome_draft(o)) into v_failed
  from unnest(p_outcomes) as o
  inner join noetl.loop as l
    on l.execution_id = p_execution_id and l.loop_id = o.loop_id
  where
    not o.is_ok
    and l.mode = 'fanout'
    and l.status in ('expanding', 'running')
    and o.shard_attempt <= l.max_shard_retries
    and o.error -> 'retryable' is distinct from 'false'
    and coalesce(o.error ->> 'kind', '') <> 'worker_lost';
  if v_failed is null then
    return;
  end if;
  perform noetl_internal.issue_again(v_failed, 0, 1);
  return query select f.command_id from unnest(v_failed) as f;
end;
$function$;

comment on function noetl_internal.retry_shards(bigint, noetl_internal.outcome [])
is 'Issue failed shards again while they have retries left.';
