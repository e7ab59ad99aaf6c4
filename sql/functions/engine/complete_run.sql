-- End a run well: no token is left. Its result is that of the final step, else of the last finished
-- one.
-- Locks: the caller holds the run row.
create or replace function noetl_internal.complete_run(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
declare
  v_run noetl.run;
  v_result jsonb;
begin
  select
    jsonb_build_object(
      'status', 'ok',
      'reference',
      case
        when v.envelope ? 'ref'
          then jsonb_strip_nulls(jsonb_build_object(
            'ref', v.envelope -> 'ref', 'store', v.envelope -> 'store',
            'rows', v.envelope -> '_rows'
          ))
      end,
      'context', jsonb_build_object('data', v.value)
    )
  into v_result
  from noetl.run as r
  inner join noetl.catalog as c on c.catalog_id = r.catalog_id
  inner join noetl.variable as v
    on
      v.execution_id = r.execution_id and v.scope = 'step'
      and v.name in (c.compiled ->> 'final_step', r.last_step)
  where r.execution_id = p_execution_id
  order by v.name = c.compiled ->> 'final_step' desc nulls last
  limit 1;

  update noetl.run as r
  set
    status = 'completed', reason = null, is_paused = false, result = v_result,
    version = r.version + 1,
    finished_at = noetl_internal.clock_now()
  where r.execution_id = p_execution_id and r.status in ('running', 'waiting')
  returning r.* into v_run;
  if not found then
    return;
  end if;
  perform noetl_internal.append_event(
    p_execution_id, v_run.catalog_id, 'playbook.completed', v_run.last_step, 'completed',
    null, v_result
  );
  delete from noetl.slot as s where s.execution_id = p_execution_id;
end;
$function$;

comment on function noetl_internal.complete_run(bigint) is 'End a run well.';
