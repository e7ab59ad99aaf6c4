-- Make what the expressions of a run can read from its events: the workload, then what each step
-- left behind, in the order in which the steps ended. The loops are rebuilt already.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.rebuild_names(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
declare
  v_move record;
begin
  insert into noetl.variable (execution_id, scope, name, value)
  select p_run.execution_id, 'workload', w.key, w.value
  from noetl.event as e
  left join noetl.result_payload as p
    on
      p.execution_id = e.execution_id
      and p.ref_id = noetl_internal.ref_id_of(e.context ->> 'workload_ref')
  cross join lateral jsonb_each(coalesce(e.context -> 'workload', p.payload)) as w
  where e.execution_id = p_run.execution_id and e.event_type = 'playbook.initialized';

  -- A row loop, because later writes may lie inside earlier ones; bounded by the steps that ended.
  for v_move in
    select * from noetl_internal.told_moves(p_run.execution_id) as m order by m.event_id
  loop
    if v_move.step is not null then
      perform noetl_internal.save_step_result(
        p_run.execution_id, v_move.step, v_move.result, v_move.error, v_move.loop_id
      );
    end if;
    perform noetl_internal.write_ctx(p_run.execution_id, v_move.ctx);
    perform noetl_internal.write_names(p_run.execution_id, v_move.writes, v_move.step);
  end loop;
end;
$function$;

comment on function noetl_internal.rebuild_names(noetl.run)
is 'Make what the expressions of a run can read from its events.';
