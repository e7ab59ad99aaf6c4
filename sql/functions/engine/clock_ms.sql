-- The engine's clock in milliseconds since 1970, as the registers of raise_floor hold it.
create or replace function noetl_internal.clock_ms()
returns bigint
language sql stable parallel safe
as $function$
  select (extract(epoch from noetl_internal.clock_now()) * 1000)::bigint
$function$;

comment on function noetl_internal.clock_ms()
is 'The engine''s clock in milliseconds since 1970.';
