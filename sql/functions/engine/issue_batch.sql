-- Issue commands: one event and one queue row each; returns the ids that were new. A command that
-- was issued before is left alone and not returned. Rings the doorbell, and, while
-- somebody publishes commands, puts them into the outbox.
create or replace function noetl_internal.issue_batch(p_drafts noetl_internal.draft [])
returns text []
language plpgsql volatile
as $function$
declare
  v_issued text [];
begin
  with issued as (
    insert into noetl.event (
      execution_id, catalog_id, event_type, node_name, status, current_index, context, meta,
      created_at
    )
    select
      d.execution_id, d.catalog_id, 'command.issued', d.step, 'issued', d.iter_index,
      case when d.input is not null then jsonb_build_object('input', d.input) end,
      noetl_internal.command_meta(d), noetl_internal.clock_now()
    from unnest(p_drafts) as d
    order by d.execution_id, d.command_id
    on conflict do nothing
    returning meta ->> 'command_id' as command_id
  )
  select array_agg(i.command_id) into v_issued
  from issued as i;

  -- Nearly always all are new: then no look at which.
  insert into noetl.command (
    execution_id, command_id, catalog_id, token_id, step, task, loop_id, iter_index, issue,
    infra_attempt, shard_attempt, max_attempts, total, pool, priority, place, context_version,
    item, input, status
  )
  select
    d.execution_id, d.command_id, d.catalog_id, d.token_id, d.step, d.task, d.loop_id,
    d.iter_index, d.issue, d.infra_attempt, d.shard_attempt, d.max_attempts, d.total, d.pool,
    d.priority, d.place, d.context_version, d.item, d.input,
    case
      when d.execution_id in (select r.execution_id from noetl.run as r where r.is_paused)
        then 'held'
      else 'queued'
    end
  from unnest(p_drafts) as d
  where cardinality(v_issued) = cardinality(p_drafts) or d.command_id = any(v_issued);

  if noetl_internal.is_publishing() then
    perform noetl_internal.mark_publications(v_issued, p_drafts);
  end if;
  perform noetl_internal.ring_doorbell(v_issued, p_drafts);
  return coalesce(v_issued, '{}');
end;
$function$;

comment on function noetl_internal.issue_batch(noetl_internal.draft [])
is 'Issue commands, each once; returns the ids that were new.';
