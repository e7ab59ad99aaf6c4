-- End the steps of a run that is taken up again whose calls had ended well while it was failing:
-- what has been reported is not run again.
-- Locks: the caller holds the run's advisory lock exclusively.
create or replace function noetl_internal.finish_calls(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
declare
  v_call record;
begin
  -- A row loop, because each routes on; bounded by the live tokens.
  for v_call in
    select t.token_id, c.result, c.context, g.loop_id
    from noetl.token as t
    inner join noetl_internal.told_entries(p_execution_id) as e on e.token_id = t.token_id
    inner join noetl.event as c
      on c.execution_id = t.execution_id and c.event_id = e.call_id
    left join noetl."loop" as g  -- quoted: the bare word would end the for clause
      on g.execution_id = t.execution_id and g.token_id = t.token_id
    where t.execution_id = p_execution_id
    order by c.event_id
  loop
    if v_call.loop_id is not null then
      perform noetl_internal.leave_gathered(
        p_execution_id, v_call.token_id, v_call.loop_id, v_call.result, null
      );
    else
      perform noetl_internal.finish_step(
        p_execution_id, v_call.token_id, 'call.done', v_call.result, null, v_call.context -> 'ctx'
      );
    end if;
  end loop;
end;
$function$;

comment on function noetl_internal.finish_calls(bigint)
is 'End the steps of a run that is taken up again whose calls had ended well.';
