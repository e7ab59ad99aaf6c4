-- Lease queued commands, which the transaction has locked, to a session, and tell so in the log;
-- returns the last of their places in line, null when there was none.
create or replace function noetl_internal.lease_commands(
  p_session noetl.runtime,
  p_request_id uuid,
  p_picked tid []
)
returns bigint
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
declare
  v_place bigint;
begin
  with leased as (
    update noetl.command as c
    set
      status = 'leased', session_id = p_session.session_id, request_id = p_request_id,
      claimed_at = noetl_internal.clock_now()
    from unnest(p_picked) as k (row_place)
    where c.ctid = k.row_place  -- locked, so it stays where it is
    returning c.*
  ),
  told as (
    insert into noetl.event (
      execution_id, catalog_id, event_type, node_name, status, current_index, worker_id, meta,
      created_at
    )
    select
      c.execution_id, c.catalog_id, 'command.claimed', c.step, 'leased', c.iter_index,
      p_session.name,
      jsonb_build_object('command_id', c.command_id, 'session', p_session.session_id),
      c.claimed_at
    from leased as c
    order by c.execution_id, c.command_id
    returning 1
  )
  select max(c.place) into v_place
  from leased as c
  where (select count(*) from told) > 0;
  return v_place;
end;
$function$;

comment on function noetl_internal.lease_commands(noetl.runtime, uuid, tid [])
is 'Lease queued commands to a session.';
