-- What a token carries of the chunk that made it, under the key _partial of its input: which one of
-- which token, how many may be at work at once, and the result as reported.
create or replace function noetl_internal.chunk_mark(
  p_meta jsonb,
  p_result jsonb,
  p_max_in_flight jsonb
)
returns jsonb
language sql stable parallel safe
as $function$
  select jsonb_build_object(
    'token_id', p_meta -> 'token_id', 'chunk_index', p_meta -> 'chunk_index',
    'has_more', p_meta -> 'has_more', 'max_in_flight', p_max_in_flight, 'result', p_result
  )
$function$;

comment on function noetl_internal.chunk_mark(jsonb, jsonb, jsonb)
is 'What a token carries of the chunk that made it.';
