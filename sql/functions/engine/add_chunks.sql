-- A batch's answer with what there is to say about chunks of one of its runs: those refused for
-- good, and how far each stream is.
create or replace function noetl_internal.add_chunks(
  p_answer jsonb,
  p_chunks jsonb
)
returns jsonb
language sql stable parallel safe
as $function$
  select p_answer || jsonb_build_object(
    'rejected', p_answer -> 'rejected' || (p_chunks -> 'rejected'),
    'streams', coalesce(p_answer -> 'streams', '{}') || (p_chunks -> 'streams')
  )
$function$;

comment on function noetl_internal.add_chunks(jsonb, jsonb)
is 'A batch''s answer with what there is to say about chunks.';
