-- The engine's clock. Test databases replace this function with one that honours a setting,
-- so that in production no client can move time.
create or replace function noetl_internal.clock_now()
returns timestamptz
language sql stable parallel safe
as $function$
  select statement_timestamp()
$function$;

comment on function noetl_internal.clock_now()
is 'The engine''s clock; only test databases replace it.';
