-- Record the reports of a parked message; null when they are taken or late, else why they are not.
-- Locks: as record_events. Raises: class 22 when it is no text or no JSON.
create or replace function noetl_internal.retry_message(
  p_payload bytea,
  p_bytes bigint
)
returns text
language plpgsql volatile
as $function$
declare
  v_events jsonb;
  v_answer jsonb;
  v_unknown bigint [];
begin
  if octet_length(p_payload) < p_bytes then
    return format('only the first %s of %s bytes are kept', octet_length(p_payload), p_bytes);
  end if;
  v_events := convert_from(p_payload, 'utf8')::jsonb;
  if jsonb_typeof(v_events) <> 'array' then
    v_events := jsonb_build_array(v_events);
  end if;
  if v_events = '[]' then
    return 'it holds no report';
  end if;
  v_answer := noetl.record_events(v_events);
  if v_answer -> 'rejected' <> '[]' then
    return v_answer -> 'rejected' -> 0 ->> 'message';
  elsif v_answer -> 'retry' <> '[]' then
    return 'the run was locked: try again';
  end if;
  v_unknown := noetl.unknown_executions(array(
    select (e ->> 'execution_id')::bigint from jsonb_array_elements(v_events) as e
  ));
  return case
    when cardinality(v_unknown) > 0 then format('there is no execution %s', v_unknown[1])
  end;
end;
$function$;

comment on function noetl_internal.retry_message(bytea, bigint)
is 'Record the reports of a parked message; null, or why they are not taken.';
