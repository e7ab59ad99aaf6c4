-- The clock of test databases: stands at noetl.test_now when a test sets it.
create or replace function noetl_internal.clock_now()
returns timestamptz
language sql stable parallel safe
as $function$
  select coalesce(
    nullif(current_setting('noetl.test_now', true), '')::timestamptz, statement_timestamp()
  )
$function$;
