-- The payload of a loop step's result; the items' own results are gathered only when somebody reads
-- them.
create or replace function noetl_internal.loop_payload(p_loop noetl.loop)
returns jsonb
language sql immutable parallel safe
as $function$
  select jsonb_build_object(
    'status', p_loop.status, 'total', p_loop.total, 'done', p_loop.done,
    'failed', p_loop.failed,
    'stats', jsonb_build_object(
      'total', p_loop.total, 'success', p_loop.done, 'failed', p_loop.failed
    ),
    'results_ref', noetl_internal.loop_uri(p_loop.execution_id, p_loop.loop_id) || '/results'
  )
$function$;

comment on function noetl_internal.loop_payload(noetl.loop)
is 'The payload of a loop step''s result.';
