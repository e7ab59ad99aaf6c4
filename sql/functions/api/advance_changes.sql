-- Do what the outbox asks for across transactions and runs: sweep runs that end, route on where a
-- transaction stopped, a wait is over or a place under a concurrency key was granted. Then grant
-- places. Returns how many rows were done and runs granted; what was not done, because somebody
-- holds the run, is left for the next pass.
-- Locks: outbox rows, skipping locked ones; per run, ascending, as advance_change; then as
-- grant_slots. Raises: NE409.
create or replace function noetl.advance_changes(p_limit integer default 100)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_change record;
  v_count integer := 0;
begin
  perform noetl_internal.require_read_committed();
  -- A row loop, because each run has its own lock; bounded by p_limit.
  for v_change in
    select
      c.execution_id, array_agg(c.change_id) as change_ids,
      bool_or(c.kind = 'cancel') as is_cancelled
    from (
      select a.change_id, a.execution_id, a.kind from noetl.change as a
      where a.kind in ('advance', 'cancel')
      order by a.change_id
      limit p_limit
      for update skip locked
    ) as c
    group by c.execution_id
    order by c.execution_id
  loop
    continue when not noetl_internal.advance_change(
      v_change.execution_id, v_change.is_cancelled
    );
    delete from noetl.change as c
    where c.change_id = any(v_change.change_ids);
    v_count := v_count + cardinality(v_change.change_ids);
  end loop;
  return v_count + noetl_internal.grant_slots();
end;
$function$;

comment on function noetl.advance_changes(integer)
is 'Do what the outbox asks for: sweep runs that end, route on where a transaction stopped.';
revoke all on function noetl.advance_changes(integer) from public;
grant execute on function noetl.advance_changes(integer) to noetl_worker;
