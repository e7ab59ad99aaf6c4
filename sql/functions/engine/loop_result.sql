-- How a closed loop reads as its step's result, as an event carries it.
create or replace function noetl_internal.loop_result(p_loop noetl.loop)
returns jsonb
language sql immutable parallel safe
as $function$
  select jsonb_build_object(
    'status', case when p_loop.status in ('complete', 'partial') then 'ok' else 'error' end,
    'context', jsonb_build_object('data', noetl_internal.loop_payload(p_loop))
  )
$function$;

comment on function noetl_internal.loop_result(noetl.loop)
is 'How a closed loop reads as the result of its step.';
