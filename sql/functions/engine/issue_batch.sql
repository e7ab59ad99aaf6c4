-- Issue commands: one event and one queue row each, in one statement; returns the ids that were
-- new. A command that was issued before is left alone and not returned. Rings the doorbell once per
-- pool.
create or replace function noetl_internal.issue_batch(p_drafts noetl_internal.draft [])
returns setof text
language plpgsql volatile
as $function$
begin
  return query
  with draft as (
    select * from unnest(p_drafts)
  ),
  issued as (
    insert into noetl.event (
      execution_id, catalog_id, event_type, node_name, status, current_index, context, meta,
      created_at
    )
    select
      d.execution_id, d.catalog_id, 'command.issued', d.step, 'issued', d.iter_index,
      case when d.input is not null then jsonb_build_object('input', d.input) end,
      noetl_internal.command_meta(d), noetl_internal.clock_now()
    from draft as d
    order by d.execution_id, d.command_id
    on conflict do nothing
    returning execution_id, meta ->> 'command_id' as command_id
  ),
  queued as (
    insert into noetl.command (
      execution_id, command_id, catalog_id, token_id, step, task, loop_id, iter_index, issue,
      infra_attempt, shard_attempt, max_attempts, total, pool, priority, place, context_version,
      item, input, status
    )
    select
      d.execution_id, d.command_id, d.catalog_id, d.token_id, d.step, d.task, d.loop_id,
      d.iter_index, d.issue, d.infra_attempt, d.shard_attempt, d.max_attempts, d.total, d.pool,
      d.priority, d.place, d.context_version, d.item, d.input, 'queued'
    from draft as d
    inner join issued as i on i.execution_id = d.execution_id and i.command_id = d.command_id
    returning command_id, pool
  ),
  rung as (
    select pg_notify('noetl_pool', p.pool) as rang
    from (select distinct q.pool from queued as q) as p
  )
  select q.command_id
  from queued as q
  where (select count(r.rang) from rung as r) >= 0;
end;
$function$;

comment on function noetl_internal.issue_batch(noetl_internal.draft [])
is 'Issue commands, each once; returns the ids that were new.';
