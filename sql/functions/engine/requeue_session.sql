-- Take back every command of an ended session, up to p_limit; returns how many. A run that another
-- session holds exclusively is left for the next pass. A row loop over runs: each is one
-- transaction's worth of locks, taken in ascending order.
-- Locks: the runs' advisory locks shared, tried; then as requeue_commands.
create or replace function noetl_internal.requeue_session(
  p_session_id uuid,
  p_reason text,
  p_counts boolean,
  p_limit integer
)
returns integer
language plpgsql volatile
as $function$
declare
  v_held record;
  v_count integer := 0;
begin
  for v_held in
    select c.execution_id, array_agg(c.command_id) as command_ids
    from (
      select h.execution_id, h.command_id
      from noetl.command as h
      where h.session_id = p_session_id and h.status = 'leased'
      limit p_limit
    ) as c
    group by c.execution_id
    order by c.execution_id
  loop
    continue when not pg_try_advisory_xact_lock_shared(
      noetl_internal.lock_key('run', v_held.execution_id)
    );
    v_count := v_count + noetl_internal.requeue_commands(
      v_held.execution_id, v_held.command_ids, p_session_id, p_reason, p_counts
    );
  end loop;
  return v_count;
end;
$function$;

comment on function noetl_internal.requeue_session(uuid, text, boolean, integer)
is 'Take back every command of an ended session.';
