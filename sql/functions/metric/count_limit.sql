-- How far metrics count: what there is more of is told as so many.
create or replace function noetl_internal.count_limit()
returns integer
language sql immutable parallel safe
as $function$
  select 100000
$function$;

comment on function noetl_internal.count_limit() is 'How far metrics count.';
