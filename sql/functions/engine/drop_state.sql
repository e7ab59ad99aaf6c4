-- Forget the state of a run, which its events can give again; returns the highest version that the
-- read model can have seen. Claims do not take the run's lock: the queue comes first, so that those
-- under way are waited for, and the statements that follow see their events.
-- Locks: command rows; the caller holds the run's advisory lock exclusively.
-- Raises: NE412 when its events are gone.
create or replace function noetl_internal.drop_state(p_execution_id bigint)
returns bigint
language plpgsql volatile
as $function$
declare
  v_version bigint;
begin
  perform noetl_internal.require_not_retired(p_execution_id);
  delete from noetl.command as c where c.execution_id = p_execution_id;

  select
    greatest(
      coalesce(
        (select x.version from noetl.execution as x where x.execution_id = p_execution_id), 0
      ),
      coalesce((select r.version from noetl.run as r where r.execution_id = p_execution_id), 0)
      + coalesce(
        (select sum(l.version) from noetl.loop as l where l.execution_id = p_execution_id), 0
      )
    )
  into v_version;
  delete from noetl.token as t where t.execution_id = p_execution_id;
  delete from noetl.slot as s where s.execution_id = p_execution_id;
  delete from noetl.signal as s where s.execution_id = p_execution_id;
  delete from noetl.loop_tally as t where t.execution_id = p_execution_id;
  delete from noetl.loop_repeat as p where p.execution_id = p_execution_id;
  delete from noetl.loop as l where l.execution_id = p_execution_id;
  delete from noetl.variable as v where v.execution_id = p_execution_id;
  delete from noetl.run as r where r.execution_id = p_execution_id;
  delete from noetl.execution as x where x.execution_id = p_execution_id;
  return v_version;
end;
$function$;

comment on function noetl_internal.drop_state(bigint)
is 'Forget the state of a run, which its events can give again.';
