-- Put runs in which the time of a wait has come into the outbox; returns how many. Called again:
-- those that are there already are left alone.
-- Locks: none. Raises: NE409.
create or replace function noetl.wake_runs(p_limit integer default 500)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_count integer;
begin
  perform noetl_internal.require_read_committed();
  insert into noetl.change (kind, execution_id)
  select distinct 'advance', t.execution_id
  from noetl.token as t
  where
    t.wake_at <= noetl_internal.clock_now()
    and not exists (
      select from noetl.change as c
      where c.kind in ('advance', 'cancel') and c.execution_id = t.execution_id
    )
  limit p_limit;
  get diagnostics v_count = row_count;
  return v_count;
end;
$function$;

comment on function noetl.wake_runs(integer)
is 'Put runs in which the time of a wait has come into the outbox.';
revoke all on function noetl.wake_runs(integer) from public;
grant execute on function noetl.wake_runs(integer) to noetl_worker;
