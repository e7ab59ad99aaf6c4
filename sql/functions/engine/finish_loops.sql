-- End the steps of a rebuilt run whose loops have no item left to run: the last ones were not
-- counted yet, or the run is taken up again, and what failed was the exit of the step, or another
-- branch.
-- Locks: the caller holds the run's advisory lock exclusively.
create or replace function noetl_internal.finish_loops(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
declare
  v_loop noetl.loop;
begin
  -- A row loop, because each routes on; bounded by the live tokens.
  for v_loop in
    select l.* from noetl."loop" as l  -- quoted: the bare word would end the for clause
    inner join noetl.token as t
      on t.execution_id = l.execution_id and t.token_id = l.token_id
    where l.execution_id = p_execution_id
    order by l.loop_id
  loop
    if v_loop.finished_at is null then
      perform noetl_internal.close_loop(p_execution_id, v_loop.loop_id);
    else
      perform noetl_internal.leave_loop(v_loop);
    end if;
  end loop;
end;
$function$;

comment on function noetl_internal.finish_loops(bigint)
is 'End the steps of a rebuilt run whose loops have no item left to run.';
