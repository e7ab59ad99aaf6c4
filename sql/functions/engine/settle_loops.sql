-- Say which rebuilt loops have ended, or end early, and count what they will never run, and the
-- slots of cursors that go on.
create or replace function noetl_internal.settle_loops(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
begin
  update noetl.loop as l
  set remaining_slots = (
    select count(*) from noetl.command as c
    where c.execution_id = p_run.execution_id and c.loop_id = l.loop_id
  )
  where l.execution_id = p_run.execution_id and l.mode = 'cursor';

  update noetl.loop as l
  set
    status = 'draining', issued = case when l.mode = 'cursor' then l.issued else l.total end,
    cancelled = case
      when l.mode = 'cursor' then 0
      else
        l.total - l.done - l.failed - (
          select count(*) from noetl.command as c
          where c.execution_id = p_run.execution_id and c.loop_id = l.loop_id
        )
    end
  where l.execution_id = p_run.execution_id and noetl_internal.is_loop_lost(l);

  update noetl.loop as l
  set
    status = coalesce(e.status, 'cancelled'), cancelled = l.total - l.done - l.failed,
    finished_at = coalesce(e.finished_at, p_run.finished_at)
  from (
    select
      k.loop_id,
      coalesce(d.status, case when x.event_id is not null then noetl_internal.loop_verdict(k) end)
      as status,
      coalesce(d.created_at, x.created_at) as finished_at
    from noetl.loop as k
    left join noetl.event as d
      on
        d.execution_id = p_run.execution_id
        and d.event_type in ('loop.done', 'loop.fanin.completed')
        and d.meta ? 'loop_id'
        and d.meta ->> 'loop_id' = k.loop_id::text
    left join noetl.event as x
      on
        x.execution_id = p_run.execution_id
        and x.event_type = 'step.exit' and x.status = 'failed'
        and x.event_id > noetl_internal.retried_at(p_run.execution_id)
        and x.meta ->> 'token_id' = k.token_id::text
    where k.execution_id = p_run.execution_id
  ) as e
  where
    l.execution_id = p_run.execution_id
    and l.loop_id = e.loop_id
    and (e.finished_at is not null or p_run.finished_at is not null);
end;
$function$;

comment on function noetl_internal.settle_loops(noetl.run)
is 'Say which rebuilt loops have ended, and count what they will never run.';
