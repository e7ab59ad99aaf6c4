-- End a run that fails or is cancelled: no live command, token or loop stays. False when it is
-- neither.
-- Locks: the caller holds the run's advisory lock exclusively; then command rows, loop rows, the
-- run row.
create or replace function noetl_internal.sweep_run(p_execution_id bigint)
returns boolean
language plpgsql volatile
as $function$
declare
  v_cancelled noetl_internal.draft [];
begin
  perform noetl_internal.count_tally(
    row(null, p_execution_id, t.loop_id, 0, 0, null, null)::noetl.loop_tally
  )
  from (
    select distinct k.loop_id
    from noetl.loop_tally as k
    inner join noetl.run as r on r.execution_id = k.execution_id
    where k.execution_id = p_execution_id and r.status in ('failing', 'cancelling')
  ) as t;
  with open_command as (
    select c.command_id from noetl.command as c
    where c.execution_id = p_execution_id
    order by c.command_id
    for update
  ),
  cancelled as (
    delete from noetl.command as c
    using open_command as o
    where
      c.execution_id = p_execution_id
      and c.command_id = o.command_id
      and exists (
        select from noetl.run as r
        where r.execution_id = p_execution_id and r.status in ('failing', 'cancelling')
      )
    returning c.*
  )
  select array_agg(noetl_internal.draft_of(c)) into v_cancelled
  from cancelled as c;
  perform noetl_internal.log_cancelled(v_cancelled, 'execution ended');

  update noetl.loop as l
  set
    status = 'cancelled', finished_at = noetl_internal.clock_now(), version = l.version + 1,
    cancelled = l.total - l.done - l.failed, to_repeat = 0,
    remaining_slots = l.remaining_slots * 0
  from noetl.run as r
  where
    r.execution_id = p_execution_id
    and r.status in ('failing', 'cancelling')
    and l.execution_id = p_execution_id
    and l.status in ('expanding', 'running', 'draining');
  delete from noetl.loop_repeat as p
  where
    p.execution_id = p_execution_id
    and exists (
      select from noetl.run as r
      where r.execution_id = p_execution_id and r.status in ('failing', 'cancelling')
    );
  return noetl_internal.end_swept_run(p_execution_id);
end;
$function$;

comment on function noetl_internal.sweep_run(bigint)
is 'End a run that fails or is cancelled: no live command, token or loop stays.';
