-- The latest payload of each signal that a run has received, by name.
create or replace function noetl_internal.load_signals(p_execution_id bigint)
returns jsonb
language sql stable
as $function$
  select coalesce(jsonb_object_agg(s.name, s.payload order by s.signal_id), '{}')
  from noetl.signal as s
  where s.execution_id = p_execution_id
$function$;

comment on function noetl_internal.load_signals(bigint)
is 'The latest payload of each signal that a run has received.';
