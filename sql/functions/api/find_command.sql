-- The command that an event has issued, and where it stands: queued, held (its execution is
-- paused), leased, or ended. Without p_execution_id it is looked for in the executions that have
-- open commands: the log has no index on event ids alone.
-- Locks: none. Raises: NE404 when no such event has issued a command.
create or replace function noetl.find_command(
  p_event_id bigint,
  p_execution_id bigint default null
)
returns table (
  execution_id bigint,
  event_id bigint,
  command_id text,
  step text,
  status text,
  iter_index integer,
  item jsonb,
  input jsonb,
  meta jsonb,
  pool text,
  priority integer,
  worker text,
  issued_at timestamptz,
  claimed_at timestamptz
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
as $function$
#variable_conflict use_column
begin
  return query
  with recursive candidate as (
    select coalesce(p_execution_id, (select min(c.execution_id) from noetl.command as c)) as id
    union all
    select (select min(c.execution_id) from noetl.command as c where c.execution_id > x.id)
    from candidate as x
    where p_execution_id is null and x.id is not null
  )
  select
    e.execution_id, e.event_id, e.meta ->> 'command_id', e.node_name,
    coalesce(c.status::text, 'ended'), e.current_index, c.item, e.context -> 'input', e.meta,
    c.pool, c.priority::integer, s.name, e.created_at, c.claimed_at
  from candidate as x
  inner join noetl.event as e
    on e.execution_id = x.id and e.event_id = p_event_id and e.event_type = 'command.issued'
  left join noetl.command as c
    on c.execution_id = e.execution_id and c.command_id = e.meta ->> 'command_id'
  left join noetl.runtime as s on s.session_id = c.session_id;
  if not found then
    raise exception 'no command was issued by event %', p_event_id using
      errcode = 'NE404', hint = 'Name its execution, if that has no open commands any more.';
  end if;
end;
$function$;

comment on function noetl.find_command(bigint, bigint)
is 'The command that an event has issued, and where it stands.';
revoke all on function noetl.find_command(bigint, bigint) from public;
grant execute on function noetl.find_command(bigint, bigint) to noetl_reader, noetl_operator;
