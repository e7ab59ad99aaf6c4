-- Check, compile and store a playbook under its path. The content of the latest version again gives
-- that version, created false; anything else a new version.
-- Locks: an advisory lock on the path. Raises: NE422 with every problem of the document.
create or replace function noetl.register_playbook(
  p_content jsonb,
  p_path text default null
)
returns table (catalog_id bigint, path text, version integer, created boolean, warnings jsonb)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set jit = off  -- on the high estimates of nested sets it took a hundred times the run itself
as $function$
#variable_conflict use_column
declare
  v_content jsonb := noetl_internal.content_at(p_content, p_path);
  v_sha256 bytea := sha256(convert_to(v_content::text, 'UTF8'));
  v_found record;
  v_row noetl.catalog;
begin
  perform noetl_internal.require_read_committed();
  select a.problems, a.compiled into v_found
  from noetl_internal.analyze_playbook(v_content, false) as a;
  perform noetl_internal.raise_problems(v_found.problems);
  path := coalesce(v_content #>> '{metadata,path}', v_content #>> '{metadata,name}');
  perform pg_advisory_xact_lock(
    noetl_internal.lock_key('catalog', hashtextextended(path, 0))
  );
  select c.* into v_row
  from noetl.catalog as c
  where c.path = register_playbook.path
  order by c.version desc
  limit 1;
  created := v_row.content_sha256 is distinct from v_sha256;
  if created then
    v_row := noetl_internal.store_playbook(path, v_content, v_sha256, v_found.compiled);
  end if;
  catalog_id := v_row.catalog_id;
  version := v_row.version;
  warnings := (
    select coalesce(jsonb_agg(to_jsonb(p)), '[]')
    from unnest(v_found.problems) as p
    where p.severity = 'warning'
  );
  return next;
end;
$function$;

comment on function noetl.register_playbook(jsonb, text)
is 'Check, compile and store a playbook; the same content again gives the same version.';
revoke all on function noetl.register_playbook(jsonb, text) from public;
grant execute on function noetl.register_playbook(jsonb, text) to noetl_author;
