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
declare
  v_catalog noetl.catalog;
  v_parent noetl.run;
  v_execution_id bigint := noetl_internal.new_execution_id();
  v_known bigint;
begin
  perform noetl_internal.require_options(p_options);
  v_catalog := noetl_internal.find_playbook(p_path, p_options ->> 'version');
  v_parent := noetl_internal.parent_of(p_options);
  perform noetl_internal.check_credentials(
    v_catalog.compiled -> 'credentials', coalesce(v_parent.started_by, session_user)
  );
  v_known := noetl_internal.claim_start_key(
    v_catalog.path, p_options ->> 'idempotency_key', v_execution_id
  );
  if v_known <> v_execution_id then
    return v_known;
  end if;
  perform noetl_internal.create_run(
    v_execution_id, v_catalog,
    noetl_internal.workload_of(
      v_execution_id, v_catalog.compiled, coalesce(nullif(p_workload, 'null'), '{}'),
      coalesce(p_options -> 'env', '{}')
    ),
    p_options, v_parent
  );
  if not noetl_internal.queue_run(v_execution_id, v_catalog.compiled -> 'concurrency') then
    perform noetl_internal.advance_run(v_execution_id);
  end if;
  perform noetl_internal.project_run(v_execution_id);
  perform noetl_internal.mark_change('dirty', v_execution_id);
  return v_execution_id;
end;
$function$;

comment on function noetl.start_execution(text, jsonb, jsonb)
is 'Start a playbook in the caller''s transaction; returns the execution id.';
revoke all on function noetl.start_execution(text, jsonb, jsonb) from public;
grant execute on function noetl.start_execution(text, jsonb, jsonb) to noetl_runner, noetl_worker;
