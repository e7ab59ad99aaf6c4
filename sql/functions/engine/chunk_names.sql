-- What event.chunk_index and event.has_more read where a chunk is what it is about; empty
-- elsewhere.
create or replace function noetl_internal.chunk_names(p_input jsonb)
returns jsonb
language sql stable parallel safe
as $function$
  select case
    when p_input ? '_partial'
      then jsonb_build_object(
        'chunk_index', p_input -> '_partial' -> 'chunk_index',
        'has_more', p_input -> '_partial' -> 'has_more'
      )
    else '{}'
  end
$function$;

comment on function noetl_internal.chunk_names(jsonb)
is 'What event.chunk_index and event.has_more read.';
