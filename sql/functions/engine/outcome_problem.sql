-- What is wrong with the outcome that a report tells of a command or of an item, or null.
create or replace function noetl_internal.outcome_problem(p_outcome jsonb)
returns text
language sql immutable parallel safe
as $function$
  select
    case
      when coalesce(jsonb_typeof(p_outcome -> 'result'), 'null') not in ('object', 'null')
        then 'result must be a mapping'
      when nullif(p_outcome -> 'result', 'null') - array['status', 'reference', 'context'] <> '{}'
        then 'result may hold status, reference and context only'
      when
        octet_length((p_outcome -> 'result')::text) > 8000
        or octet_length((p_outcome #> '{result,context,data}')::text) > 2048
        then 'result is over the limit of an event: store the payload and report its reference'
      when coalesce(jsonb_typeof(p_outcome -> 'error'), 'null') not in ('object', 'null')
        then 'error must be a mapping'
      when octet_length((p_outcome -> 'error')::text) > 8000 then 'error is over 8000 bytes'
      when coalesce(jsonb_typeof(p_outcome -> 'ctx'), 'null') not in ('object', 'null')
        then 'ctx must be a mapping'
      when octet_length((p_outcome -> 'ctx')::text) > 32000 then 'ctx is over 32000 bytes'
    end
$function$;

comment on function noetl_internal.outcome_problem(jsonb)
is 'What is wrong with the outcome that a report tells, or null.';
