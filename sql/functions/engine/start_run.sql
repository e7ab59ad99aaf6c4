-- Start a playbook in the caller's transaction with the rights of p_starter; a child has those of
-- its parent. Returns the execution id; the same path and idempotency key give the same id again.
-- Locks: none that waits, except for a concurrent start under the same key, and for a child the
-- command row of its parent, shared.
-- Raises: NE404 unknown playbook, NE422 bad input, NE424 missing credential, NE403 not granted,
-- NE46x bad default.
create or replace function noetl_internal.start_run(
  p_path text,
  p_workload jsonb,
  p_options jsonb,
  p_starter name
)
returns bigint
language plpgsql volatile
as $function$
declare
  v_catalog noetl.catalog;
  v_parent noetl.run;
  v_starter name;
  v_execution_id bigint := noetl_internal.new_execution_id();
  v_known bigint;
begin
  v_catalog := noetl_internal.find_playbook(p_path, p_options ->> 'version');
  v_parent := noetl_internal.parent_of(p_options);
  v_starter := coalesce(v_parent.started_by, p_starter);
  perform noetl_internal.check_credentials(v_catalog.compiled -> 'credentials', v_starter);
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
    p_options, v_parent, v_starter
  );
  if not noetl_internal.queue_run(v_execution_id, v_catalog.compiled -> 'concurrency') then
    perform noetl_internal.advance_run(v_execution_id);
  end if;
  -- Whoever started it looks next; and a tick tells its shard that one run more is live, for which
  -- nobody is woken: the workers that hear of its first command have better to do.
  perform noetl_internal.project_run(v_execution_id);
  insert into noetl.change (kind, execution_id, marked_at)
  values ('dirty', v_execution_id, noetl_internal.clock_now());
  return v_execution_id;
end;
$function$;

comment on function noetl_internal.start_run(text, jsonb, jsonb, name)
is 'Start a playbook in the caller''s transaction with the rights of a role.';
