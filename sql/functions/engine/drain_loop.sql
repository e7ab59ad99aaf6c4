-- Stop a loop early: nothing more is issued, and its open commands are cancelled. A command that somebody is reporting
-- right now is skipped and counted by that report. Locks: command rows, skipping locked ones; the caller holds the loop row.
create or replace function noetl_internal.drain_loop(
  p_execution_id bigint,
  p_loop_id bigint
)
returns void
language plpgsql volatile
as $function$
declare
  v_count integer;
begin
  with open_command as (
    select c.command_id
    from noetl.command as c
    where c.execution_id = p_execution_id and c.loop_id = p_loop_id
    for update skip locked
  ),
  cancelled as (
    delete from noetl.command as c
    using open_command as o
    where c.execution_id = p_execution_id and c.command_id = o.command_id
    returning c.*
  )
  select
    noetl_internal.log_cancelled(array_agg(noetl_internal.draft_of(c)), 'loop ended early')
  into v_count
  from cancelled as c;

  update noetl.loop as l
  set
    status = 'draining', cancelled = l.cancelled + v_count + l.total - l.issued,
    issued = l.total, version = l.version + 1
  where
    l.execution_id = p_execution_id
    and l.loop_id = p_loop_id
    and l.status in ('expanding', 'running');
end;
$function$;

comment on function noetl_internal.drain_loop(bigint, bigint)
is 'Stop a loop early: nothing more is issued, open commands are cancelled.';
