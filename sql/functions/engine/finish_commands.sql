-- Take the commands of one run that these reports finish out of the queue, under the fence (command, issue number in
-- its id, session); a report that owns nothing changes nothing.
-- Locks: command rows, ascending.
create or replace function noetl_internal.finish_commands(
  p_execution_id bigint,
  p_reports noetl_internal.report []
)
returns noetl_internal.outcome []
language plpgsql volatile
as $function$
declare
  v_outcomes noetl_internal.outcome [];
begin
  with owned as (
    select c.command_id
    from noetl.command as c
    inner join unnest(p_reports) as r
      on r.command_id = c.command_id and r.session_id = c.session_id
    where c.execution_id = p_execution_id and c.status = 'leased'
    order by c.command_id
    for update of c
  ),
  finished as (
    delete from noetl.command as c
    using owned as o
    where c.execution_id = p_execution_id and c.command_id = o.command_id
    returning c.*
  )
  select
    array_agg(
      row(
        r.position, noetl_internal.draft_of(f), r.session_id::text,
        r.event_type = 'command.completed', r.result, r.error, r.ctx, r.collection_size,
        r.iter_key, r.meta
      )::noetl_internal.outcome
      order by f.command_id
    )
  into v_outcomes
  from finished as f
  inner join unnest(p_reports) as r on r.command_id = f.command_id;
  return v_outcomes;
end;
$function$;

comment on function noetl_internal.finish_commands(bigint, noetl_internal.report [])
is 'Take the commands that reports finish out of the queue, under their fence.';
