-- Copy the state of runs that changed into noetl.execution; returns how many outbox rows were
-- consumed. A follower takes visible rows and skips locked ones; it never follows ids, which are
-- taken before commit. A run whose row somebody else is writing is left for the next pass.
-- Locks: outbox rows and execution rows, skipping locked ones.
create or replace function noetl.project_changes(p_limit integer default 500)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_changes bigint [];
  v_runs bigint [];
  v_free bigint [];
  v_count integer;
begin
  select array_agg(t.change_id), array_agg(distinct t.execution_id) into v_changes, v_runs
  from (
    select c.change_id, c.execution_id from noetl.change as c
    where c.kind = 'dirty'
    order by c.change_id
    limit p_limit
    for update skip locked
  ) as t;
  v_free := array(
    select x.execution_id from noetl.execution as x
    where x.execution_id = any(v_runs)
    for no key update skip locked
  );
  v_runs := array(
    select r.execution_id from unnest(v_runs) as r (execution_id)
    where
      r.execution_id = any(v_free)
      or not exists (select from noetl.execution as x where x.execution_id = r.execution_id)
    order by r.execution_id
  );
  -- New statements: they see what was committed before the rows were taken, and maybe more.
  delete from noetl.change as c
  where c.change_id = any(v_changes) and c.execution_id = any(v_runs);
  get diagnostics v_count = row_count;
  perform noetl_internal.project_run(r.execution_id)
  from unnest(v_runs) as r (execution_id);
  return v_count;
end;
$function$;

comment on function noetl.project_changes(integer)
is 'Copy the state of runs that changed into noetl.execution.';
revoke all on function noetl.project_changes(integer) from public;
grant execute on function noetl.project_changes(integer) to noetl_worker;
