-- The name under which the tokens of one chunk are a split, where several arcs took it: no step can
-- have it.
-- Locks: none. Never raises.
create or replace function noetl_internal.chunk_split(p_step text)
returns text
language sql immutable parallel safe
as $function$
  select p_step || e'\tcall.partial'
$function$;

comment on function noetl_internal.chunk_split(text)
is 'The name under which the tokens of one chunk are a split.';
