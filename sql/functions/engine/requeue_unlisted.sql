-- Requeue commands that a session was given but does not know of: its claim's answer was lost for
-- good. A claim younger than 15 s may still be on its way to the worker.
-- Locks: the runs' advisory locks shared, tried; then as requeue_commands.
create or replace function noetl_internal.requeue_unlisted(
  p_session_id uuid,
  p_held text []
)
returns integer
language plpgsql volatile
as $function$
declare
  v_stray record;
  v_count integer := 0;
begin
  -- A row loop over runs, ascending, which is the lock order.
  for v_stray in
    select c.execution_id, array_agg(c.command_id) as command_ids
    from noetl.command as c
    where
      c.session_id = p_session_id
      and c.status = 'leased'
      and c.claimed_at < noetl_internal.clock_now() - interval '15 seconds'
      and c.command_id <> all(p_held)
    group by c.execution_id
    order by c.execution_id
  loop
    continue when not pg_try_advisory_xact_lock_shared(
      noetl_internal.lock_key('run', v_stray.execution_id)
    );
    v_count := v_count + noetl_internal.requeue_commands(
      v_stray.execution_id, v_stray.command_ids, array[p_session_id], 'claim was lost', false
    );
  end loop;
  return v_count;
end;
$function$;

comment on function noetl_internal.requeue_unlisted(uuid, text [])
is 'Requeue commands that a session was given but does not know of.';
