-- The stored results of an execution, in the order in which they were stored; p_after (a ref_id,
-- for paging) begins after one. What was removed stays listed.
-- Locks: none. Raises: nothing; of an unknown execution there are none.
create or replace function noetl.list_results(
  p_execution_id bigint,
  p_limit integer default 1000,
  p_after bigint default 0
)
returns table (
  ref_id bigint,
  ref text,
  step text,
  name text,
  store_tier text,
  content_type text,
  bytes bigint,
  row_count bigint,
  scope text,
  created_at timestamptz,
  expires_at timestamptz,
  removed_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select
    r.ref_id, r.ref, r.step, r.name, r.store_tier, r.content_type, r.bytes, r.row_count, r.scope,
    r.created_at, r.expires_at, r.removed_at
  from noetl.result_ref as r
  where r.execution_id = p_execution_id and r.ref_id > p_after
  order by r.ref_id
  limit least(greatest(p_limit, 0), 10000)
$function$;

comment on function noetl.list_results(bigint, integer, bigint)
is 'The stored results of an execution, in the order in which they were stored.';
revoke all on function noetl.list_results(bigint, integer, bigint) from public;
grant execute on function noetl.list_results(bigint, integer, bigint)
to noetl_reader, noetl_runner, noetl_operator;
