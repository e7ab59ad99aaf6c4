-- What a result that an event carries, {status, reference, context}, shows beside its payload.
create or replace function noetl_internal.result_envelope(
  p_result jsonb,
  p_error jsonb
)
returns jsonb
language sql stable parallel safe
as $function$
  select jsonb_strip_nulls(
    jsonb_build_object(
      'status', p_result -> 'status', 'error', p_error,
      'http', p_result -> 'context' -> 'http', 'pg', p_result -> 'context' -> 'pg',
      'results', p_result -> 'context' -> 'results',
      '_preview', p_result -> 'context' -> 'preview',
      '_sources', p_result -> 'context' -> 'sources',
      '_rows', p_result -> 'reference' -> 'rows'
    )
    || coalesce(nullif(p_result -> 'context' -> 'selected', 'null'), '{}')
    || coalesce(
      nullif(p_result -> 'reference', 'null') - array['bytes', 'sha256', 'content_type', 'rows'],
      '{}'
    )
  )
$function$;

comment on function noetl_internal.result_envelope(jsonb, jsonb)
is 'What a result that an event carries shows beside its payload.';
