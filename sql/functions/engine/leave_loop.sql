-- End the step of a closed loop; false when a failure of it is not taken up.
-- Locks: the run row.
create or replace function noetl_internal.leave_loop(p_loop noetl.loop)
returns boolean
language plpgsql volatile
as $function$
declare
  v_is_ok boolean := p_loop.status in ('complete', 'partial');
begin
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
