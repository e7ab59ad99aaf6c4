-- What expressions on a token's way into its step see beside the run's names: its input and, when a
-- chunk made the token, event and (by load_scope, which reads _partial) the chunk as output.
create or replace function noetl_internal.entry_locals(
  p_execution_id bigint,
  p_input jsonb
)
returns jsonb
language sql stable parallel safe
as $function$
  select
    noetl_internal.base_locals(p_execution_id)
    || jsonb_build_object('input', noetl_internal.visible_input(p_input))
    || case
      when p_input ? '_partial'
        then noetl_internal.chunk_part(p_input) || jsonb_build_object(
          'event', '{"name": "call.partial"}'::jsonb || noetl_internal.chunk_names(p_input)
        )
      else '{}'
    end
$function$;

comment on function noetl_internal.entry_locals(bigint, jsonb)
is 'What expressions on a token''s way into its step see beside the run''s names.';
