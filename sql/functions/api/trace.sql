-- Where the results of a step come from: its own (depth 0), those that they were made from (1), and
-- so on, through child executions too. A result that rides in its event has tier eventlog and no
-- reference. At most p_limit rows.
-- Locks: none. Raises: NE404 for an unknown execution, or a step that it has not finished.
create or replace function noetl.trace(
  p_execution_id bigint,
  p_step text,
  p_limit integer default 1000
)
returns table (
  depth integer,
  execution_id bigint,
  step text,
  name text,
  command_id text,
  ref text,
  store_tier text,
  content_type text,
  bytes bigint,
  row_count bigint,
  created_at timestamptz,
  source_refs text []
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
begin
  return query
  with recursive chain as (
    select
      0 as depth, f.execution_id, f.step, f.name, f.command_id, f.ref, f.store_tier,
      f.content_type, f.bytes, f.row_count, f.created_at, f.source_refs
    from noetl_internal.results_of_step(p_execution_id, p_step) as f
    union
    select
      c.depth + 1, r.execution_id, r.step, r.name, r.command_id, r.ref, r.store_tier,
      r.content_type, r.bytes, r.row_count, r.created_at, r.source_refs
    from chain as c
    cross join unnest(c.source_refs) as s (ref)
    inner join noetl.result_ref as r
      on
        r.execution_id = noetl_internal.bigint_of(substring(s.ref from '^noetl://([0-9]+)/'))
        and r.ref_id = noetl_internal.ref_id_of(s.ref)
    where c.depth < 1000  -- a result comes after its sources, so there is no cycle to stop
  )
  select
    min(c.depth), c.execution_id, c.step, c.name, c.command_id, c.ref, c.store_tier,
    c.content_type, c.bytes, c.row_count, c.created_at, c.source_refs
  from chain as c
  group by
    c.execution_id, c.step, c.name, c.command_id, c.ref, c.store_tier, c.content_type, c.bytes,
    c.row_count, c.created_at, c.source_refs
  order by min(c.depth), c.ref
  limit least(greatest(p_limit, 0), 10000);
  if not found then
    raise exception 'execution % has no finished step "%"', p_execution_id, left(p_step, 200) using
      errcode = 'NE404', hint = 'Show its steps with noetl status.';
  end if;
end;
$function$;

comment on function noetl.trace(bigint, text, integer)
is 'Where the results of a step come from.';
revoke all on function noetl.trace(bigint, text, integer) from public;
grant execute on function noetl.trace(bigint, text, integer) to noetl_reader, noetl_operator;
