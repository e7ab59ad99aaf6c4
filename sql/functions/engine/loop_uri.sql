-- The reference by which workers read a loop's collection.
create or replace function noetl_internal.loop_uri(
  p_execution_id bigint,
  p_loop_id bigint
)
returns text
language sql immutable parallel safe
as $function$
  select 'noetl://' || p_execution_id::text || '/loop/' || p_loop_id::text
$function$;

comment on function noetl_internal.loop_uri(bigint, bigint)
is 'The reference by which workers read a loop''s collection.';
