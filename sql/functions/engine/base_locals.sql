-- The names every expression of a run sees beside its variables.
create or replace function noetl_internal.base_locals(p_execution_id bigint)
returns jsonb
language sql stable parallel safe
as $function$
  select jsonb_build_object(
    'execution_id', p_execution_id,
    'job', jsonb_build_object('uuid', p_execution_id, 'execution_id', p_execution_id)
  )
$function$;

comment on function noetl_internal.base_locals(bigint)
is 'The names every expression of a run sees beside its variables.';
