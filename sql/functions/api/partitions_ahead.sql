-- For how many weeks after this one the event log has partitions; 0 when this week's is missing:
-- then nothing can start.
-- Locks: none. Raises: nothing.
create or replace function noetl.partitions_ahead()
returns integer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_now bigint := noetl_internal.execution_id_at(now());  -- as new_execution_id: not clock_now()
  v_count integer := -1;
  v_part record;
begin
  -- A row loop, because the first gap ends it; bounded by the partitions.
  for v_part in
    select p.* from noetl_internal.log_partitions() as p where p.high > v_now order by p.low
  loop
    exit when v_part.low > v_now;
    v_count := v_count + 1;
    v_now := v_part.high;
  end loop;
  return greatest(v_count, 0);
end;
$function$;

comment on function noetl.partitions_ahead()
is 'For how many weeks after this one the event log has partitions.';
revoke all on function noetl.partitions_ahead() from public;
grant execute on function noetl.partitions_ahead() to noetl_worker, noetl_operator, noetl_reader;
