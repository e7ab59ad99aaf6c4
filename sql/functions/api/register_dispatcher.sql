-- Register a dispatcher process; returns its session. An older session of the same name ends, and
-- its duties are free at once. p_started_at: as in register_session. p_capacity says what it is
-- capable of: {"nats": true} of publishing commands, which begins now.
-- Locks: as register_session. Raises: NE422 for an empty name, NE410 when a younger process has the
-- name.
create or replace function noetl.register_dispatcher(
  p_name text,
  p_started_at timestamptz default null,
  p_capacity jsonb default '{}'
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
declare
  v_session_id uuid;
begin
  perform noetl_internal.require_read_committed();
  if coalesce(p_name, '') = '' then
    raise exception 'a dispatcher needs a name' using
      errcode = 'NE422', hint = 'Pass one that no other process has, such as host and process id.';
  end if;
  v_session_id := noetl_internal.begin_session(
    'dispatcher', p_name, '{}', p_capacity, p_started_at
  );
  if p_capacity @> '{"nats": true}' then
    perform noetl_internal.keep_publishing();
  end if;
  return v_session_id;
end;
$function$;

comment on function noetl.register_dispatcher(text, timestamptz, jsonb)
is 'Register a dispatcher process; an older session of the same name ends.';
revoke all on function noetl.register_dispatcher(text, timestamptz, jsonb) from public;
grant execute on function noetl.register_dispatcher(text, timestamptz, jsonb) to noetl_worker;
