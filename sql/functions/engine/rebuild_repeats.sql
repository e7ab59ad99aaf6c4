-- Note which items of live loops are to run again: issued before a retry_execution, and neither
-- done nor failed since, nor open.
create or replace function noetl_internal.rebuild_repeats(p_run noetl.run)
returns void
language plpgsql volatile
as $function$
declare
  v_retried_at bigint := noetl_internal.retried_at(p_run.execution_id);
begin
  if v_retried_at = 0 then
    return;
  end if;
  insert into noetl.loop_repeat (execution_id, loop_id, iter_index, issue)
  select
    p_run.execution_id, l.loop_id, e.current_index,
    max(substring(e.meta ->> 'command_id' from '-([0-9]+)$')::integer) + 1
  from noetl.loop as l
  inner join noetl.event as e
    on
      e.execution_id = p_run.execution_id
      and e.meta ? 'loop_id'
      and e.meta ->> 'loop_id' = l.loop_id::text
  left join noetl.command as c
    on
      c.execution_id = p_run.execution_id
      and c.loop_id = l.loop_id and c.iter_index = e.current_index
  where
    l.execution_id = p_run.execution_id
    and l.mode <> 'cursor'
    and l.status in ('expanding', 'running')
    and e.current_index is not null
  group by l.loop_id, e.current_index
  having
    count(c.command_id) = 0
    and count(*) filter (
      where
        e.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')
        and e.meta -> 'final' is distinct from 'false'
        and (e.status = 'ok' or e.event_id > v_retried_at)
    ) = 0;

  update noetl.loop as l
  set
    to_repeat = p.count,
    status = case
      when l.issued - l.done - l.failed - p.count < l.max_in_flight then 'expanding' else 'running'
    end
  from (
    select k.loop_id, count(*) as count
    from noetl.loop_repeat as k
    where k.execution_id = p_run.execution_id
    group by k.loop_id
  ) as p
  where l.execution_id = p_run.execution_id and l.loop_id = p.loop_id;
end;
$function$;

comment on function noetl_internal.rebuild_repeats(noetl.run)
is 'Note which items of live loops are to run again after a retry_execution.';
