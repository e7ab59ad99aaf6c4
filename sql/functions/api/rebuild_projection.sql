-- Make the rows of up to p_limit executions after p_after in noetl.execution again, from run state;
-- returns the last of them, null when there was none: call it again with that until it is null,
-- each time in a transaction of its own, so that nobody waits long. Called again: the same rows.
-- Locks: the run rows against removal, ascending; then as rebuild_execution_projection.
-- Raises: NE409.
create or replace function noetl.rebuild_projection(
  p_after bigint default 0,
  p_limit integer default 1000
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  -- Locked: one that is being retired is waited for, and left out.
  v_runs bigint [] := array(
    select r.execution_id from noetl.run as r
    where r.execution_id > p_after
    order by r.execution_id
    limit p_limit
    for key share
  );
begin
  perform noetl.rebuild_execution_projection(r.execution_id)
  from unnest(v_runs) as r (execution_id);
  return v_runs[cardinality(v_runs)];
end;
$function$;

comment on function noetl.rebuild_projection(bigint, integer)
is 'Make the rows of many executions in noetl.execution again.';
revoke all on function noetl.rebuild_projection(bigint, integer) from public;
grant execute on function noetl.rebuild_projection(bigint, integer) to noetl_operator;
