-- Executions, newest first; status, path, parent and p_before (an execution id, for paging) narrow
-- the list.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_executions(
  p_limit integer default 50,
  p_status text default null,
  p_before bigint default null,
  p_path text default null,
  p_parent bigint default null
)
returns table (
  execution_id bigint,
  path text,
  version integer,
  status text,
  started_at timestamptz,
  finished_at timestamptz,
  error text,
  parent_execution_id bigint
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan  -- each filter has an index of its own
as $function$
#variable_conflict use_column
begin
  return query
  select
    x.execution_id, x.path, c.version, x.status, x.start_time, x.end_time, x.error,
    x.parent_execution_id
  from noetl.execution as x
  inner join noetl.catalog as c on c.catalog_id = x.catalog_id
  where
    (p_status is null or x.status = p_status)
    and (p_before is null or x.execution_id < p_before)
    and (p_path is null or x.path = p_path)
    and (p_parent is null or x.parent_execution_id = p_parent)
  order by x.execution_id desc
  limit least(greatest(p_limit, 0), 10000);
end;
$function$;

comment on function noetl.list_executions(integer, text, bigint, text, bigint)
is 'Executions, newest first.';
revoke all on function noetl.list_executions(integer, text, bigint, text, bigint) from public;
grant execute on function noetl.list_executions(integer, text, bigint, text, bigint)
to noetl_reader, noetl_runner, noetl_operator;
