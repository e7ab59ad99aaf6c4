-- What a step's own set and arcs see beside the run's names: event, input and, after a loop, fanin.
create or replace function noetl_internal.exit_locals(
  p_execution_id bigint,
  p_event text,
  p_input jsonb,
  p_result jsonb,
  p_error jsonb,
  p_loop_id bigint
)
returns jsonb
language sql stable
as $function$
  select
    noetl_internal.base_locals(p_execution_id)
    || jsonb_build_object(
      'event',
      jsonb_strip_nulls(jsonb_build_object('name', p_event, 'error', p_error))
      || noetl_internal.chunk_names(p_input),
      'input', noetl_internal.visible_input(p_input)
    )
    || case
      when p_loop_id is null then '{}'
      else
        jsonb_build_object(
          'fanin',
          jsonb_build_object(
            'status', p_result -> 'context' -> 'data' -> 'status',
            'done', p_result -> 'context' -> 'data' -> 'done',
            'failed', p_result -> 'context' -> 'data' -> 'failed',
            'total', p_result -> 'context' -> 'data' -> 'total'
          )
        )
    end
$function$;

comment on function noetl_internal.exit_locals(bigint, text, jsonb, jsonb, jsonb, bigint)
is 'What a step''s own set and arcs see beside the run''s names.';
