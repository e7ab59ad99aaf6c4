-- Notice that nothing is ready: start the final step or let a stuck join go (true: there is a new
-- token), complete the run when it is empty, or show that all that is left waits.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.settle_run(
  p_execution_id bigint,
  p_catalog_id bigint
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_final_step text;
  v_is_waiting boolean;
begin
  select bool_and(t.status in ('waiting_admission', 'waiting_join')) into v_is_waiting
  from noetl.token as t
  where t.execution_id = p_execution_id;
  if v_is_waiting is null then
    select c.compiled ->> 'final_step' into v_final_step
    from noetl.run as r
    inner join noetl.catalog as c on c.catalog_id = r.catalog_id
    where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
      and not r.is_final_step_done
      and not exists (
        select from noetl.variable as v
        where
          v.execution_id = p_execution_id and v.scope = 'step'
          and v.name = c.compiled ->> 'final_step'
      );
    if v_final_step is null then
      perform noetl_internal.complete_run(p_execution_id);
      return false;
    end if;
    update noetl.run as r
    set is_final_step_done = true
    where r.execution_id = p_execution_id;
    perform noetl_internal.add_token(p_execution_id, v_final_step, '{}', '{}', null);
    return true;
  end if;

  if v_is_waiting and noetl_internal.fire_joins(p_execution_id, p_catalog_id, true) then
    return true;
  end if;
  update noetl.run as r
  set
    status = case when v_is_waiting then 'waiting' else 'running' end,
    reason = case when v_is_waiting then noetl_internal.waiting_reason(p_execution_id) end,
    version = r.version + 1
  where
    r.execution_id = p_execution_id
    and r.status in ('running', 'waiting')
    and (r.status = 'waiting') <> v_is_waiting;
  return false;
end;
$function$;

comment on function noetl_internal.settle_run(bigint, bigint)
is 'Notice that a run has ended, or that all that is left of it waits.';
