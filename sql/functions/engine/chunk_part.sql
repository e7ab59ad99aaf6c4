-- The part of a token's input that tells of a chunk, to be handed on; empty for all others.
create or replace function noetl_internal.chunk_part(p_input jsonb)
returns jsonb
language sql stable parallel safe
as $function$
  select case
    when p_input ? '_partial' then jsonb_build_object('_partial', p_input -> '_partial') else '{}'
  end
$function$;

comment on function noetl_internal.chunk_part(jsonb)
is 'The part of a token''s input that tells of a chunk.';
