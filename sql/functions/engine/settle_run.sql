-- Settle a run of which nothing is ready: let joins go on, start the final step (true: there is a
-- new token), complete the run when it is empty, or show whether all that is left waits. p_run is
-- the row as the caller locked it.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.settle_run(p_run noetl.run)
returns boolean
language plpgsql volatile
as $function$
declare
  v_left record;
  v_reason text;
begin
  select
    bool_or(t.status = 'waiting_join') as has_joins,
    bool_and(t.status in ('waiting_admission', 'waiting_join', 'waiting_turn')) as is_stuck,
    bool_and(t.status not in ('ready', 'active')) as is_waiting
  into v_left
  from noetl.token as t
  where t.execution_id = p_run.execution_id;
  if v_left.is_waiting is null then
    -- Only what was issued by hand (issue_commands) can be left: the run ends after it.
    if exists (select from noetl.command as c where c.execution_id = p_run.execution_id) then
      return false;
    end if;
    if noetl_internal.enter_final_step(p_run) then
      return true;
    end if;
    perform noetl_internal.complete_run(p_run.execution_id);
    return false;
  end if;
  if
    v_left.has_joins and (
      noetl_internal.fire_joins(p_run.execution_id, p_run.catalog_id, false)
      or v_left.is_stuck
      and noetl_internal.fire_joins(p_run.execution_id, p_run.catalog_id, true)
    )
  then
    return true;
  end if;
  if v_left.is_waiting then
    v_reason := noetl_internal.waiting_reason(p_run.execution_id);
  end if;
  if
    v_left.is_waiting <> (p_run.status = 'waiting')
    or v_left.is_waiting and v_reason is distinct from p_run.reason
  then
    update noetl.run as r
    set
      status = case when v_left.is_waiting then 'waiting' else 'running' end,
      reason = v_reason, version = r.version + 1
    where r.execution_id = p_run.execution_id and r.status in ('running', 'waiting');
  end if;
  return false;
end;
$function$;

comment on function noetl_internal.settle_run(noetl.run)
is 'Settle a run of which nothing is ready: joins, the final step, the end.';
