-- The version of this API. Programs of another one refuse to work with it; it grows with each
-- change that they would not survive.
-- Locks: none. Raises: nothing.
create or replace function noetl.api_version()
returns integer
language sql immutable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
  select 1
$function$;

comment on function noetl.api_version() is 'The version of this API.';
revoke all on function noetl.api_version() from public;
grant execute on function noetl.api_version()
to noetl_author, noetl_runner, noetl_operator, noetl_worker, noetl_reader;
