-- The input of a token as expressions see it: without what the engine keeps there of a chunk.
create or replace function noetl_internal.visible_input(p_input jsonb)
returns jsonb
language sql immutable parallel safe
as $function$
  select coalesce(p_input, '{}') - '_partial'
$function$;

comment on function noetl_internal.visible_input(jsonb)
is 'The input of a token as expressions see it.';
