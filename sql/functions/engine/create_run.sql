-- Store a new run that has the rights of p_starter: its row, its workload as variables, its first
-- event and its first token. The child of a paused run is paused.
create or replace function noetl_internal.create_run(
  p_execution_id bigint,
  p_catalog noetl.catalog,
  p_workload jsonb,
  p_options jsonb,
  p_parent noetl.run,
  p_starter name
)
returns void
language plpgsql volatile
as $function$
declare
  v_run noetl.run;
  v_token jsonb;
begin
  insert into noetl.run (
    execution_id, catalog_id, path, status, version, context_version, next_token_id,
    next_split_id, next_place, priority, pool, parent_execution_id, parent_command_id, depth,
    is_final_step_done, is_paused, started_by, started_at
  )
  values (
    p_execution_id, p_catalog.catalog_id, p_catalog.path, 'running', 1, 1, 1, 1, 0,
    coalesce(
      (p_options ->> 'priority')::smallint, p_parent.priority,
      (p_catalog.compiled ->> 'priority')::smallint, 5::smallint
    ),
    coalesce(p_catalog.compiled ->> 'pool', 'default'), p_parent.execution_id,
    p_options ->> 'parent_command_id', coalesce(p_parent.depth + 1, 0), false,
    coalesce(p_parent.is_paused, false),
    p_starter, noetl_internal.clock_now()
  )
  returning * into v_run;
  insert into noetl.variable (execution_id, scope, name, value)
  select p_execution_id, 'workload', w.key, w.value
  from jsonb_each(p_workload) as w;
  v_token := noetl_internal.add_token(
    p_execution_id, p_catalog.compiled ->> 'entry_step', '{}', '{}', null, false
  );
  perform noetl_internal.append_event(
    p_execution_id, p_catalog.catalog_id, 'playbook.initialized', null, 'running',
    jsonb_build_object(
      'path', p_catalog.path, 'version', p_catalog.version,
      'tokens', jsonb_build_array(v_token)
    )
    || noetl_internal.workload_context(p_execution_id, p_workload),
    p_meta => jsonb_strip_nulls(
      jsonb_build_object(
        'parent_execution_id', p_parent.execution_id,
        'parent_command_id', p_options ->> 'parent_command_id',
        'idempotency_key', p_options ->> 'idempotency_key',
        'started_by', v_run.started_by, 'priority', v_run.priority, 'depth', v_run.depth
      )
    )
  );
  if v_run.is_paused then
    perform noetl_internal.append_event(
      p_execution_id, p_catalog.catalog_id, 'execution.paused', p_status => 'paused'
    );
  end if;
end;
$function$;

comment on function noetl_internal.create_run(
  bigint, noetl.catalog, jsonb, jsonb, noetl.run, name
)
is 'Store a new run.';
