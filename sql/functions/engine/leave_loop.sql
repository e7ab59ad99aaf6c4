-- End the step of a closed loop; false when a failure of it is not taken up. Results that are to be
-- kept as one object (spec.result.format) are gathered by a worker first, and its report ends the
-- step (leave_gathered).
-- Locks: the run row.
create or replace function noetl_internal.leave_loop(p_loop noetl.loop)
returns boolean
language plpgsql volatile
as $function$
declare
  v_is_ok boolean := p_loop.status in ('complete', 'partial');
  v_definition jsonb := noetl_internal.step_definition(p_loop.catalog_id, p_loop.step);
  v_run noetl.run;
  v_token noetl.token;
begin
  if v_is_ok and v_definition #>> '{task,result,format}' in ('ndjson', 'parquet', 'arrow') then
    select * into v_run from noetl.run as r
    where r.execution_id = p_loop.execution_id
    for no key update;
    select * into v_token from noetl.token as t
    where t.execution_id = p_loop.execution_id and t.token_id = p_loop.token_id;
    if found then
      perform noetl_internal.issue_step(
        v_run, v_token, v_definition, 'gather',
        jsonb_build_object(
          'loop_id', p_loop.loop_id, 'payload', noetl_internal.loop_payload(p_loop)
        )
      );
    end if;
    return true;
  end if;
  return noetl_internal.finish_step(
    p_loop.execution_id, p_loop.token_id, case when v_is_ok then 'loop.done' else 'call.error' end,
    noetl_internal.loop_result(p_loop),
    case when not v_is_ok then noetl_internal.loop_error(p_loop) end,
    nullif(noetl_internal.gather_ctx(p_loop) -> 'writes', 'null'), p_loop.loop_id
  );
end;
$function$;

comment on function noetl_internal.leave_loop(noetl.loop)
is 'End the step of a closed loop.';
