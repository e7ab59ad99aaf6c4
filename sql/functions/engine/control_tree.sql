-- Pause, resume or retry a run and those below it; what it did to the run itself.
-- Locks: the runs' advisory locks exclusively, ascending: a child's id is above its parent's.
-- Raises: NE404 when there is no such run, NE412 for a retry when it was retired.
create or replace function noetl_internal.control_tree(
  p_execution_id bigint,
  p_action text
)
returns boolean
language plpgsql volatile
as $function$
declare
  v_pending bigint [] := array[p_execution_id];
  v_run_id bigint;
  v_did boolean;
  v_answer boolean;
begin
  -- A row loop, because the children of a run are known once it stands still; bounded by the tree.
  while cardinality(v_pending) > 0 loop
    select min(p.run_id) into v_run_id from unnest(v_pending) as p (run_id);
    v_pending := array_remove(v_pending, v_run_id);
    perform pg_advisory_xact_lock(noetl_internal.lock_key('run', v_run_id));
    v_did := case p_action
      when 'pause' then noetl_internal.pause_run(v_run_id)
      when 'resume' then noetl_internal.resume_run(v_run_id)
      when 'retry' then case
        when v_run_id = p_execution_id or noetl_internal.is_child_needed(v_run_id)
          then noetl_internal.retry_run(v_run_id)
      end
    end;
    v_answer := coalesce(v_answer, v_did);
    if v_did then
      perform noetl_internal.project_run(v_run_id);  -- who asked for it looks next
      v_pending := v_pending || array(
        select r.execution_id from noetl.run as r
        where
          r.parent_execution_id = v_run_id
          and case
            -- Also live ones: somebody may be cancelling them for the parent's former end.
            when p_action = 'retry' then r.status <> 'completed'
            else r.finished_at is null
          end
      );
    elsif not exists (select from noetl.run as r where r.execution_id = v_run_id) then
      exit when p_action <> 'retry' and noetl_internal.is_retired(v_run_id);
      perform noetl_internal.require_not_retired(v_run_id);
      raise exception 'execution % does not exist', v_run_id using
        errcode = 'NE404', hint = 'List executions with: noetl list.';
    end if;
  end loop;
  return v_answer;
end;
$function$;

comment on function noetl_internal.control_tree(bigint, text)
is 'Pause, resume or retry a run and those below it.';
