-- Let a paused run go on: its held commands are queued, and what became ready is routed. False when
-- it is not paused.
-- Locks: command rows, the run row; the caller holds the run's advisory lock exclusively.
create or replace function noetl_internal.resume_run(p_execution_id bigint)
returns boolean
language plpgsql volatile
as $function$
declare
  v_catalog_id bigint;
begin
  -- Also leased ones: a child that one of them is starting right now, paused, is seen after this.
  perform 1 from noetl.command as c
  where c.execution_id = p_execution_id
  order by c.command_id
  for update;
  update noetl.run as r
  set is_paused = false, version = r.version + 1
  where r.execution_id = p_execution_id and r.is_paused and r.finished_at is null
  returning r.catalog_id into v_catalog_id;
  if not found then
    return false;
  end if;
  perform noetl_internal.append_event(
    p_execution_id, v_catalog_id, 'execution.resumed', p_status => 'running'
  );
  update noetl.command as c
  -- Claims do not look below the place that was served last.
  set status = 'queued', place = greatest(c.place, noetl_internal.served_place() + 1)
  where c.execution_id = p_execution_id and c.status = 'held';
  perform pg_notify('noetl_pool', p.pool)
  from (
    select distinct c.pool from noetl.command as c
    where c.execution_id = p_execution_id and c.status = 'queued'
  ) as p;
  perform noetl_internal.publish_queued(p_execution_id);
  perform noetl_internal.advance_run(p_execution_id);
  perform noetl_internal.mark_change('dirty', p_execution_id);
  return true;
end;
$function$;

comment on function noetl_internal.resume_run(bigint)
is 'Let a paused run go on.';
