-- Take the open commands of a loop out of the queue; returns how many. A command that somebody is
-- reporting right now is skipped, and counted by that report.
-- Locks: command rows, skipping locked ones.
create or replace function noetl_internal.cancel_items(
  p_execution_id bigint,
  p_loop_id bigint
)
returns integer
language plpgsql volatile
as $function$
declare
  v_cancelled noetl_internal.draft [];
begin
  with open_command as (
    select c.command_id
    from noetl.command as c
    where c.execution_id = p_execution_id and c.loop_id = p_loop_id
    order by c.command_id
    for update skip locked
  ),
  cancelled as (
    delete from noetl.command as c
    using open_command as o
    where c.execution_id = p_execution_id and c.command_id = o.command_id
    returning c.*
  )
  select array_agg(noetl_internal.draft_of(c)) into v_cancelled
  from cancelled as c;
  return noetl_internal.log_cancelled(v_cancelled, 'loop ended early');
end;
$function$;

comment on function noetl_internal.cancel_items(bigint, bigint)
is 'Take the open commands of a loop out of the queue.';
