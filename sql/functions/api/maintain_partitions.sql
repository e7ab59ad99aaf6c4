-- Create the partitions of the event log for the next eight weeks; returns how many were new. When
-- none was, let the planner know the log (analyze_log).
-- Locks: one maintainer at a time.
create or replace function noetl.maintain_partitions()
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_created integer := noetl_internal.create_partitions(8);
begin
  if v_created = 0 then
    perform noetl_internal.analyze_log();
  end if;
  return v_created;
end;
$function$;

comment on function noetl.maintain_partitions()
is 'Create the partitions of the event log for the next weeks.';
revoke all on function noetl.maintain_partitions() from public;
grant execute on function noetl.maintain_partitions() to noetl_worker, noetl_operator;
