-- Whether a child has ended badly while the command of its parent that waited for it is to run
-- again.
create or replace function noetl_internal.is_child_needed(p_child_id bigint)
returns boolean
language plpgsql stable
as $function$
begin
  return exists (
    select from noetl.run as r
    inner join noetl.event as i on i.execution_id = r.parent_execution_id
    left join noetl.token as t
      on
        t.execution_id = i.execution_id and t.token_id = (i.meta ->> 'token_id')::integer
    left join noetl.loop as l
      on
        l.execution_id = i.execution_id and l.loop_id = (i.meta ->> 'loop_id')::bigint
        and l.finished_at is null
    where
      r.execution_id = p_child_id
      and r.status in ('failed', 'cancelled')
      and i.event_type = 'command.issued'
      and i.meta ? 'command_id'
      and i.meta ->> 'command_id' = r.parent_command_id
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

comment on function noetl_internal.is_child_needed(bigint)
is 'Whether a child that ended badly is waited for again.';
