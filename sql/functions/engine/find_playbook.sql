-- A registered playbook: the given version, or the latest.
-- Raises: NE404 when there is none.
create or replace function noetl_internal.find_playbook(
  p_path text,
  p_version text
)
returns noetl.catalog
language plpgsql stable
as $function$
declare
  v_catalog noetl.catalog;
begin
  select * into v_catalog from noetl.catalog as c
  where c.path = p_path and (p_version is null or c.version::text = p_version)
  order by c.version desc
  limit 1;
  if not found then
    raise exception 'no playbook is registered as "%"%', p_path,
      coalesce(' in version ' || p_version, '')
    using
      errcode = 'NE404', hint = 'Register it first: noetl playbook register FILE.';
  end if;
  return v_catalog;
end;
$function$;

comment on function noetl_internal.find_playbook(text, text)
is 'A registered playbook: the given version, or the latest.';
