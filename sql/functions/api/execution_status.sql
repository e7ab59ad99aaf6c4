-- One row about an execution for a person, a CLI or a UI, read from noetl.execution without
-- scanning events. Its result is the payload, or where the payload is stored: {"ref", "store"}.
-- retired_at says since when its events are gone; unserved, which steps wait for a worker that
-- there is not (noetl_internal.unserved_steps).
-- Raises: NE404.
create or replace function noetl.execution_status(p_execution_id bigint)
returns table (
  execution_id bigint,
  path text,
  version integer,
  status text,
  reason text,
  started_at timestamptz,
  finished_at timestamptz,
  duration_s double precision,
  current_steps text [],
  loops jsonb,
  steps jsonb,
  result jsonb,
  error jsonb,
  parent_execution_id bigint,
  progress_version bigint,
  retired_at timestamptz,
  unserved jsonb
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
#variable_conflict use_column
begin
  return query
  select
    x.execution_id, x.path, c.version, x.status, x.reason, x.start_time, x.end_time,
    extract(
      epoch from coalesce(x.end_time, noetl_internal.clock_now()) - x.start_time
    )::double precision,
    array(
      select s.key from jsonb_each(x.state -> 'step') as s
      where s.value ->> 'status' in ('running', 'waiting') order by s.key
    ),
    x.state -> 'loop', x.state -> 'step',
    coalesce(nullif(x.result -> 'reference', 'null'), x.result -> 'context' -> 'data'),
    nullif(x.state -> 'error', 'null'),
    x.parent_execution_id, x.version, x.retired_at,
    case
      when x.end_time is null and x.status <> 'paused'
        then noetl_internal.unserved_steps(x.execution_id, x.catalog_id, x.state -> 'step')
    end
  from noetl.execution as x
  inner join noetl.catalog as c on c.catalog_id = x.catalog_id
  where x.execution_id = p_execution_id;
  if not found then
    raise exception 'execution % does not exist', p_execution_id using
      errcode = 'NE404', hint = 'List executions with: noetl list.';
  end if;
end;
$function$;

comment on function noetl.execution_status(bigint)
is 'One row about an execution, without scanning events.';
revoke all on function noetl.execution_status(bigint) from public;
grant execute on function noetl.execution_status(bigint)
to noetl_reader, noetl_runner, noetl_operator, noetl_worker;
