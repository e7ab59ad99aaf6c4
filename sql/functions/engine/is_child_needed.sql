-- Whether a child has ended badly while the command of its parent that waited for it is to run
-- again.
create or replace function noetl_internal.is_child_needed(p_child noetl.run)
returns boolean
language plpgsql stable
as $function$
begin
  return p_child.status in ('failed', 'cancelled') and exists (
    select from noetl.event as i
    left join noetl.token as t
      on
        t.execution_id = i.execution_id and t.token_id = (i.meta ->> 'token_id')::integer
    left join noetl.loop as l
      on
        l.execution_id = i.execution_id and l.loop_id = (i.meta ->> 'loop_id')::bigint
        and l.finished_at is null
    where
      i.execution_id = p_child.parent_execution_id
      and i.event_type = 'command.issued'
      and i.meta ? 'command_id'
      and i.meta ->> 'command_id' = p_child.parent_command_id
      and (
        t.token_id is not null
        or l.loop_id is not null and not exists (
          select from noetl.event as d
          where
            d.execution_id = i.execution_id
            and d.meta ? 'loop_id'
            and d.meta ->> 'loop_id' = l.loop_id::text
            and d.event_type in ('loop.item', 'loop.shard.done')
            and d.status = 'ok'
            and d.current_index = i.current_index
        )
      )
  );
end;
$function$;

comment on function noetl_internal.is_child_needed(noetl.run)
is 'Whether a child that ended badly is waited for again.';
