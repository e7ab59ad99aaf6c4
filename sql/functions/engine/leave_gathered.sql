-- End the step of a closed loop whose results a worker has gathered into one object, which p_result
-- refers to, or could not gather.
-- Locks: the run row.
create or replace function noetl_internal.leave_gathered(
  p_execution_id bigint,
  p_token_id integer,
  p_loop_id bigint,
  p_result jsonb,
  p_error jsonb
)
returns void
language plpgsql volatile
as $function$
declare
  v_loop noetl.loop;
begin
  select * into v_loop from noetl.loop as l
  where l.execution_id = p_execution_id and l.loop_id = p_loop_id;
  perform noetl_internal.finish_step(
    p_execution_id, p_token_id, case when p_error is null then 'loop.done' else 'call.error' end,
    p_result, p_error, nullif(noetl_internal.gather_ctx(v_loop) -> 'writes', 'null'), p_loop_id
  );
end;
$function$;

comment on function noetl_internal.leave_gathered(bigint, integer, bigint, jsonb, jsonb)
is 'End the step of a loop whose results have been gathered.';
