-- Let nothing new of a run start: its queued commands are held, and so are those that come, and no
-- token is routed; what runs, and what waits, goes on to its end. False when it is paused, or no
-- longer live.
-- Locks: the run row, command rows; the caller holds the run's advisory lock exclusively.
create or replace function noetl_internal.pause_run(p_execution_id bigint)
returns boolean
language plpgsql volatile
as $function$
declare
  v_catalog_id bigint;
begin
  -- Also leased ones: a child that one of them is starting right now is seen after this.
  perform 1 from noetl.command as c
  where c.execution_id = p_execution_id
  order by c.command_id
  for update;
  update noetl.run as r
  -- What it waits for may end meanwhile, and is looked at again when it is resumed.
  set is_paused = true, status = 'running', reason = null, version = r.version + 1
  where
    r.execution_id = p_execution_id and r.status in ('running', 'waiting') and not r.is_paused
  returning r.catalog_id into v_catalog_id;
  if not found then
    return false;
  end if;
  update noetl.command as c
  set status = 'held'
  where c.execution_id = p_execution_id and c.status = 'queued';
  perform noetl_internal.append_event(
    p_execution_id, v_catalog_id, 'execution.paused', p_status => 'paused'
  );
  perform noetl_internal.mark_change('dirty', p_execution_id);
  return true;
end;
$function$;

comment on function noetl_internal.pause_run(bigint)
is 'Let nothing new of a run start.';
