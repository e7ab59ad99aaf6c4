-- The commands that the events of a run tell of as issued and not ended, and to whom they are
-- leased.
create or replace function noetl_internal.told_commands(p_execution_id bigint)
returns table (
  event_id bigint,
  command_id text,
  step text,
  iter_index integer,
  context jsonb,
  meta jsonb,
  session_id uuid,
  claimed_at timestamptz
)
language sql stable
as $function$
  select
    i.event_id, i.meta ->> 'command_id', i.node_name, i.current_index, i.context, i.meta,
    (c.meta ->> 'session')::uuid, c.created_at
  from noetl.event as i
  left join noetl.event as c
    on
      c.execution_id = p_execution_id
      and c.event_type = 'command.claimed'
      and c.meta ->> 'command_id' = i.meta ->> 'command_id'
  where
    i.execution_id = p_execution_id
    and i.event_type = 'command.issued'
    and not exists (
      select from noetl.event as e
      where
        e.execution_id = p_execution_id
        and e.event_type in ('command.completed', 'command.failed', 'command.cancelled')
        and e.meta ->> 'command_id' = i.meta ->> 'command_id'
    )
$function$;

comment on function noetl_internal.told_commands(bigint)
is 'The commands that the events of a run tell of as issued and not ended.';
