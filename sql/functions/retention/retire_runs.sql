-- Retire runs that ended before p_cutoff, at most p_limit; returns how many.
-- Locks: as retire_run, ascending.
create or replace function noetl_internal.retire_runs(
  p_cutoff timestamptz,
  p_limit integer
)
returns integer
language plpgsql volatile
as $function$
declare
  v_run_id bigint;
  v_count integer := 0;
begin
  -- A row loop, because each run has its own lock and its own error handler; bounded by p_limit.
  for v_run_id in
    select r.run_id from noetl_internal.retirable_runs(p_cutoff, p_limit) as r (run_id)
  loop
    v_count := v_count + noetl_internal.retire_run(v_run_id, p_cutoff)::integer;
  end loop;
  return v_count;
end;
$function$;

comment on function noetl_internal.retire_runs(timestamptz, integer)
is 'Retire runs that ended before a time.';
