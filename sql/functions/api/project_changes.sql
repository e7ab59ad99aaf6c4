-- Copy the state of runs that changed into noetl.execution; returns how many outbox rows were
-- consumed. A follower takes visible rows and skips locked ones; it never follows ids, which are
-- taken before commit.
-- Locks: outbox rows, skipping locked ones; execution rows, ascending.
create or replace function noetl.project_changes(p_limit integer default 500)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_runs bigint [];
  v_count integer;
begin
  with taken as (
    select c.change_id from noetl.change as c
    where c.kind = 'dirty'
    order by c.change_id
    limit p_limit
    for update skip locked
  ),
  consumed as (
    delete from noetl.change as c
    using taken as t
    where c.change_id = t.change_id
    returning c.execution_id
  )
  select array_agg(distinct d.execution_id order by d.execution_id), count(*)
  into v_runs, v_count
  from consumed as d;
  -- A new statement: it sees what was committed before the rows were taken, and maybe more.
  perform noetl_internal.project_run(r.execution_id)
  from unnest(v_runs) as r (execution_id);
  return v_count;
end;
$function$;

comment on function noetl.project_changes(integer)
is 'Copy the state of runs that changed into noetl.execution.';
revoke all on function noetl.project_changes(integer) from public;
grant execute on function noetl.project_changes(integer) to noetl_worker;
