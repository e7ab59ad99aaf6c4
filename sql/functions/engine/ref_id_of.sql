-- The number of a stored result in its reference (noetl://…/result/N); null for other references.
create or replace function noetl_internal.ref_id_of(p_ref text)
returns bigint
language sql immutable parallel safe
as $function$
  select noetl_internal.bigint_of(substring(p_ref from '^noetl://[0-9]+/result/([0-9]+)$'))
$function$;

comment on function noetl_internal.ref_id_of(text)
is 'The number of a stored result in its reference.';
