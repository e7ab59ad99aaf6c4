-- Mark a run as cancelling whose parent has ended. Not when the parent is live: it was taken up
-- again since it asked for this, and waits for its child (control_tree).
-- Locks: the caller holds the run's advisory lock exclusively.
create or replace function noetl_internal.cancel_orphan(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
begin
  update noetl.run as r
  set status = 'cancelling', reason = 'the parent execution has ended', version = r.version + 1
  where
    r.execution_id = p_execution_id and r.status in ('running', 'waiting')
    and not exists (
      select from noetl.run as p
      where p.execution_id = r.parent_execution_id and p.status in ('running', 'waiting')
    );
end;
$function$;

comment on function noetl_internal.cancel_orphan(bigint)
is 'Mark a run as cancelling whose parent has ended.';
