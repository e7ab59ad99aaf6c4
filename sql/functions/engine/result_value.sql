-- The payload of a result that an event carries, {status, reference, context}; null when it is only
-- referred to. Of one whose rows are stored apart (reference.rows) it is the rest.
create or replace function noetl_internal.result_value(p_result jsonb)
returns jsonb
language sql immutable parallel safe
as $function$
  select case
    when
      p_result -> 'reference' is null or p_result -> 'reference' = 'null'
      or p_result -> 'reference' ? 'rows' and p_result -> 'context' ? 'data'
      then coalesce(p_result -> 'context' -> 'data', 'null')
  end
$function$;

comment on function noetl_internal.result_value(jsonb)
is 'The payload of a result that an event carries.';
