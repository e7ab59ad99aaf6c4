-- Count what reports have left to be counted, and return of how many loops; else issue the next
-- chunk of items of loops that are being expanded, and return how many commands. The cursor is on
-- the loop row: whoever comes next continues. Loops that another session counts are left to it.
-- Locks: the runs' advisory locks shared, tried, ascending; then as count_tallies or fill_loop.
-- Raises: NE409.
create or replace function noetl.expand_loops(p_limit integer default 4)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_loop record;
  v_count integer;
begin
  perform noetl_internal.require_read_committed();
  -- A lost expansion has lost its cursor too, so it need not wait for the disk; and meanwhile the
  -- loop rows, which every report counts on, would stay locked.
  perform set_config('synchronous_commit', 'off', true);
  v_count := noetl_internal.count_tallies(p_limit);
  if v_count > 0 then
    return v_count;  -- a second pass over the runs would not take their locks in ascending order
  end if;
  for v_loop in
    -- Quoted, because the bare word would end the for clause.
    select l.execution_id, l.loop_id from noetl."loop" as l
    where l.status = 'expanding'
    order by l.execution_id, l.loop_id
    limit p_limit
  loop
    continue when not pg_try_advisory_xact_lock_shared(
      noetl_internal.lock_key('run', v_loop.execution_id)
    );
    v_count := v_count + noetl_internal.fill_loop(v_loop.execution_id, v_loop.loop_id);
  end loop;
  return v_count;
end;
$function$;

comment on function noetl.expand_loops(integer)
is 'Count what reports have left to be counted; else issue the next chunk of items of loops.';
revoke all on function noetl.expand_loops(integer) from public;
grant execute on function noetl.expand_loops(integer) to noetl_worker;
