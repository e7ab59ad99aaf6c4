-- Registered playbooks, each in its latest version.
-- Locks: none. Raises: nothing.
create or replace function noetl.list_playbooks()
returns table (
  path text,
  version integer,
  description text,
  registered_by name,
  created_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $function$
  select distinct on (c.path)
    c.path, c.version, c.content -> 'metadata' ->> 'description', c.registered_by, c.created_at
  from noetl.catalog as c
  order by c.path, c.version desc
$function$;

comment on function noetl.list_playbooks() is 'Registered playbooks, each in its latest version.';
revoke all on function noetl.list_playbooks() from public;
grant execute on function noetl.list_playbooks() to noetl_reader, noetl_author, noetl_runner;
