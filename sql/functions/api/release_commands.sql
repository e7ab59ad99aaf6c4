-- Hand commands back that this session holds, without counting an attempt; returns how many. Called
-- again: 0.
-- Locks: the runs' advisory locks shared; then as requeue_commands. Raises: NE401, NE410.
create or replace function noetl.release_commands(
  p_session uuid,
  p_command_ids text []
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_held record;
  v_count integer := 0;
begin
  perform noetl_internal.require_read_committed();
  perform noetl_internal.require_session(p_session);
  -- A row loop over the runs concerned, ascending, which is the lock order.
  for v_held in
    select c.execution_id, array_agg(c.command_id) as command_ids
    from noetl.command as c
    where c.session_id = p_session and c.status = 'leased' and c.command_id = any(p_command_ids)
    group by c.execution_id
    order by c.execution_id
  loop
    perform pg_advisory_xact_lock_shared(noetl_internal.lock_key('run', v_held.execution_id));
    v_count := v_count + noetl_internal.requeue_commands(
      v_held.execution_id, v_held.command_ids, array[p_session], 'handed back', false
    );
  end loop;
  return v_count;
end;
$function$;

comment on function noetl.release_commands(uuid, text [])
is 'Hand commands back that this session holds.';
revoke all on function noetl.release_commands(uuid, text []) from public;
grant execute on function noetl.release_commands(uuid, text []) to noetl_worker;
