-- The next events of an execution after an event id, oldest first; p_type narrows them.
-- Locks: none. Raises: NE404 for an unknown execution, NE422 for a type that no event can be of.
create or replace function noetl.list_events(
  p_execution_id bigint,
  p_after bigint default 0,
  p_limit integer default 1000,
  p_type text default null
)
returns table (
  event_id bigint,
  parent_event_id bigint,
  event_type text,
  node_name text,
  node_type text,
  status text,
  current_index integer,
  current_item jsonb,
  worker_id text,
  context jsonb,
  result jsonb,
  meta jsonb,
  error text,
  created_at timestamptz
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
as $function$
#variable_conflict use_column
begin
  if p_type <> all(noetl_internal.event_types()) then
    raise exception 'no event is of the type "%"', left(p_type, 100) using
      errcode = 'NE422',
      hint = 'Types are: ' || array_to_string(noetl_internal.event_types(), ', ');
  end if;
  return query
  select
    e.event_id, e.parent_event_id, e.event_type::text, e.node_name, e.node_type, e.status,
    e.current_index, e.current_item, e.worker_id, e.context::jsonb, e.result::jsonb, e.meta,
    e.error::text, e.created_at
  from noetl.event as e
  where
    e.execution_id = p_execution_id and e.event_id > p_after
    and (p_type is null or e.event_type = p_type)
  order by e.event_id
  limit least(greatest(p_limit, 0), 10000);
  if
    not found
    and not exists (select from noetl.execution as x where x.execution_id = p_execution_id)
  then
    raise exception 'execution % does not exist', p_execution_id using
      errcode = 'NE404', hint = 'List executions with: noetl list.';
  end if;
end;
$function$;

comment on function noetl.list_events(bigint, bigint, integer, text)
is 'The next events of an execution after an event id, oldest first.';
revoke all on function noetl.list_events(bigint, bigint, integer, text) from public;
grant execute on function noetl.list_events(bigint, bigint, integer, text)
to noetl_reader, noetl_operator;
