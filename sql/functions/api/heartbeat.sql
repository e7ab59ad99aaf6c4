-- Renew a session, however many commands it holds. p_held lists what the worker holds: the answer
-- says which of these it no longer owns (cancelled, or recorded already), and leased commands that
-- it does not list are requeued. p_capacity is what it can take now (docs/protocol.md); null: as it
-- said before. Called again: a later deadline.
-- Locks: the session row; then as requeue_commands. Raises: NE401, NE410, NE422 for a bad capacity.
create or replace function noetl.heartbeat(
  p_session uuid,
  p_held text [],
  p_capacity jsonb default null
)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_lost text [];
  v_requeued integer;
begin
  perform noetl_internal.require_read_committed();
  perform noetl_internal.require_session(p_session);
  perform noetl_internal.require_capacity(p_capacity);
  update noetl.runtime as s
  set
    heartbeat_at = noetl_internal.clock_now(),
    capacity = coalesce(p_capacity, s.capacity)
  where s.session_id = p_session and s.status = 'active';

  v_lost := array(
    select h.command_id from unnest(p_held) as h (command_id)
    where not exists (
      select from noetl.command as c
      where c.session_id = p_session and c.status = 'leased' and c.command_id = h.command_id
    )
    order by h.command_id
  );
  v_requeued := noetl_internal.requeue_unlisted(p_session, p_held);
  return jsonb_build_object('cancelled', to_jsonb(v_lost), 'requeued', v_requeued);
end;
$function$;

comment on function noetl.heartbeat(uuid, text [], jsonb)
is 'Renew a session; says which held commands it no longer owns.';
revoke all on function noetl.heartbeat(uuid, text [], jsonb) from public;
grant execute on function noetl.heartbeat(uuid, text [], jsonb) to noetl_worker;
