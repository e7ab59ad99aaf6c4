-- Copy the state of one run into noetl.execution, unless a newer version is there already.
create or replace function noetl_internal.project_run(p_execution_id bigint)
returns void
language plpgsql volatile
as $function$
begin
  insert into noetl.execution as x (
    execution_id, catalog_id, path, parent_execution_id, status, reason, last_event_type,
    last_node_name, last_event_id, start_time, end_time, error, result, state, version
  )
  select
    r.execution_id, r.catalog_id, r.path, r.parent_execution_id,
    case when r.is_paused and r.finished_at is null then 'paused' else r.status::text end, r.reason,
    e.event_type, e.node_name, e.event_id, r.started_at, r.finished_at, r.error ->> 'message',
    r.result, noetl_internal.run_state(r),
    r.version + (
      select coalesce(sum(l.version), 0) from noetl.loop as l
      where l.execution_id = r.execution_id
    )
  from noetl.run as r
  left join lateral (
    select e.event_type, e.node_name, e.event_id
    from noetl.event as e
    where e.execution_id = r.execution_id
    order by e.event_id desc
    limit 1
  ) as e on true
  where r.execution_id = p_execution_id
  on conflict (execution_id) do update
  set
    status = excluded.status, reason = excluded.reason,
    last_event_type = excluded.last_event_type, last_node_name = excluded.last_node_name,
    last_event_id = excluded.last_event_id, end_time = excluded.end_time,
    error = excluded.error, result = excluded.result, state = excluded.state,
    version = excluded.version
  where excluded.version >= x.version;
end;
$function$;

comment on function noetl_internal.project_run(bigint)
is 'Copy the state of one run into noetl.execution.';
