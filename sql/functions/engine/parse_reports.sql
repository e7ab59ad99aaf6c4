-- The reports of a batch as rows, well-formed ones only; position is the index in the batch.
create or replace function noetl_internal.parse_reports(p_events jsonb)
returns setof noetl_internal.report
language sql stable
as $function$
  select distinct on (r.execution_id, r.command_id, r.event_type) r.*
  from (
    select
      (e.place - 1)::integer as position,
      (e.value ->> 'execution_id')::bigint as execution_id,
      e.value ->> 'command_id' as command_id,
      (e.value ->> 'session')::uuid as session_id,
      e.value ->> 'type' as event_type,
      nullif(e.value -> 'result', 'null') as result,
      nullif(e.value -> 'error', 'null') as error,
      nullif(nullif(e.value -> 'ctx', 'null'), '{}') as ctx,
      (e.value -> 'collection' ->> 'size')::integer as collection_size,
      e.value ->> 'iter_key' as iter_key,
      coalesce(nullif(e.value -> 'meta', 'null'), '{}') as meta
    from jsonb_array_elements(p_events) with ordinality as e (value, place)
    where noetl_internal.report_problem(e.value) is null
  ) as r
  order by r.execution_id, r.command_id, r.event_type, r.position
$function$;

comment on function noetl_internal.parse_reports(jsonb)
is 'The well-formed reports of a batch as rows.';
