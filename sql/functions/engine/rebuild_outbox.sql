-- Put a rebuilt run into the outbox for whatever may be due, and know its idempotency key again.
create or replace function noetl_internal.rebuild_outbox(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.start_key (path, idempotency_key, execution_id)
  select e.context ->> 'path', e.meta ->> 'idempotency_key', e.execution_id
  from noetl.event as e
  where
    e.execution_id = p_run.execution_id
    and e.event_type = 'playbook.initialized'
    and e.meta ? 'idempotency_key'
  on conflict do nothing;

  insert into noetl.change (kind, execution_id)
  select
    case
      when exists (
        select from noetl.event as e
        where
          e.execution_id = p_run.parent_execution_id
          and e.event_type in ('playbook.failed', 'execution.cancelled')
          and e.event_id > noetl_internal.retried_at(p_run.parent_execution_id)
      )
        then 'cancel'
      else 'advance'
    end,
    p_run.execution_id
  where p_run.finished_at is null;
  perform noetl_internal.publish_queued(p_run.execution_id);
  perform noetl_internal.mark_change('dirty', p_run.execution_id);
end;
$function$;

comment on function noetl_internal.rebuild_outbox(noetl.run)
is 'Put a rebuilt run into the outbox for whatever may be due.';
