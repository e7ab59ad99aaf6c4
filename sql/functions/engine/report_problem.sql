-- What is wrong with one reported event, or null.
create or replace function noetl_internal.report_problem(p_event jsonb)
returns text
language sql immutable parallel safe
as $function$
  select
    case
      when jsonb_typeof(p_event) is distinct from 'object' then 'an event must be a mapping'
      when noetl_internal.bigint_of(p_event ->> 'execution_id') is null
        then 'execution_id must be an integer'
      when coalesce(jsonb_typeof(p_event -> 'command_id'), '') <> 'string'
        then 'command_id must be a string'
      when
        coalesce(p_event ->> 'session', '')
        !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        then 'session must be a uuid'
      when
        coalesce(p_event ->> 'type', '')
        not in ('command.completed', 'command.failed', 'command.heartbeat', 'call.partial')
        then 'type must be command.completed, command.failed, command.heartbeat or call.partial'
      when noetl_internal.outcome_problem(p_event) is not null
        then noetl_internal.outcome_problem(p_event)
      when coalesce(jsonb_typeof(p_event -> 'meta'), 'null') not in ('object', 'null')
        then 'meta must be a mapping'
      when octet_length((p_event -> 'meta')::text) > 2000 then 'meta is over 2000 bytes'
      when
        p_event ->> 'type' = 'call.partial'
        and noetl_internal.chunk_problem(p_event -> 'meta') is not null
        then noetl_internal.chunk_problem(p_event -> 'meta')
      when coalesce(p_event -> 'collection' ->> 'size', '0') !~ '^[0-9]{1,9}$'
        then 'collection.size must be a count'
      else noetl_internal.frame_problem(nullif(p_event -> 'frame', 'null'))
    end
$function$;

comment on function noetl_internal.report_problem(jsonb)
is 'What is wrong with one reported event, or null.';
