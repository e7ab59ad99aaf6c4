-- What is wrong with the meta of a reported chunk, or null.
create or replace function noetl_internal.chunk_problem(p_meta jsonb)
returns text
language sql immutable parallel safe
as $function$
  select
    case
      when
        coalesce(jsonb_typeof(p_meta -> 'chunk_index'), '') <> 'number'
        or p_meta ->> 'chunk_index' !~ '^[0-9]{1,9}$'
        then 'meta.chunk_index must be a count'
      when coalesce(jsonb_typeof(p_meta -> 'has_more'), 'boolean') <> 'boolean'
        then 'meta.has_more must be true or false'
    end
$function$;

comment on function noetl_internal.chunk_problem(jsonb)
is 'What is wrong with the meta of a reported chunk, or null.';
