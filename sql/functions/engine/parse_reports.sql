-- The reports of a batch as rows, in the order of runs and commands, repeats within the batch left
-- out; position is the index in the batch, unless the event says it itself. Each has a result; a
-- failure has an error, a success never.
-- Raises: class 22 when one is malformed.
create or replace function noetl_internal.parse_reports(p_events jsonb)
returns setof noetl_internal.report
language sql stable
as $function$
  select distinct on (e.execution_id, e.command_id, e.type, e.session, e.meta -> 'chunk_index')
    coalesce(e.position, (e.place - 1)::integer), e.execution_id, e.command_id, e.session, e.type,
    coalesce(
      nullif(e.result, 'null'),
      jsonb_build_object(
        'status',
        case when e.type in ('command.completed', 'call.partial') then 'ok' else 'error' end
      )
    ),
    case
      when e.type = 'command.failed'
        then '{"kind": "unknown", "message": "the worker gave no reason"}'
          || coalesce(nullif(e.error, 'null'), '{}')
    end,
    nullif(nullif(e.ctx, 'null'), '{}'),
    (e.collection ->> 'size')::integer, e.iter_key, coalesce(nullif(e.meta, 'null'), '{}'),
    nullif(e.frame, 'null')
  from rows from (
    jsonb_to_recordset(p_events) as (
      execution_id bigint, command_id text, session uuid, type text, result jsonb, error jsonb,
      ctx jsonb, collection jsonb, iter_key text, meta jsonb, frame jsonb, position integer
    )
  ) with ordinality as e (
    execution_id, command_id, session, type, result, error, ctx, collection, iter_key, meta,
    frame, position, place
  )
  order by
    e.execution_id, e.command_id, e.type, e.session, e.meta -> 'chunk_index', e.place
$function$;

comment on function noetl_internal.parse_reports(jsonb)
is 'The reports of a batch as rows.';
