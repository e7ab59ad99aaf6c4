-- Append one event of a run (the hot path inserts many at once instead); returns its id.
create or replace function noetl_internal.append_event(
  p_execution_id bigint,
  p_catalog_id bigint,
  p_event_type text,
  p_node_name text default null,
  p_status text default null,
  p_context jsonb default null,
  p_result jsonb default null,
  p_meta jsonb default null,
  p_error text default null
)
returns bigint
language plpgsql volatile
as $function$
declare
  v_event_id bigint;
begin
  insert into noetl.event (
    execution_id, catalog_id, event_type, node_name, status, context, result, meta, error,
    created_at
  )
  values (
    p_execution_id, p_catalog_id, p_event_type, p_node_name, p_status, p_context, p_result, p_meta,
    left(p_error, 2000), noetl_internal.clock_now()
  )
  returning event_id into v_event_id;
  return v_event_id;
end;
$function$;

comment on function noetl_internal.append_event(
  bigint, bigint, text, text, text, jsonb, jsonb, jsonb, text
) is 'Append one event of a run.';
