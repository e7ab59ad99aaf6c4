-- Start a playbook in the caller's transaction: the run exists if and only if it commits. Returns
-- the execution id; the same path and idempotency key give the same id again. It only inserts, so
-- any isolation level serves.
-- Locks: none that waits, except for a concurrent start under the same key, and for a child the
-- command row of its parent, shared.
-- Raises: NE404 unknown playbook, NE422 bad input, NE424 missing credential, NE403 not granted,
-- NE46x bad default.
create or replace function noetl.start_execution(
  p_path text,
  p_workload jsonb default '{}',
  p_options jsonb default '{}'
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
begin
  perform noetl_internal.require_options(p_options);
  return noetl_internal.start_run(p_path, p_workload, p_options, session_user);
end;
$function$;

comment on function noetl.start_execution(text, jsonb, jsonb)
is 'Start a playbook in the caller''s transaction; returns the execution id.';
revoke all on function noetl.start_execution(text, jsonb, jsonb) from public;
grant execute on function noetl.start_execution(text, jsonb, jsonb) to noetl_runner, noetl_worker;
