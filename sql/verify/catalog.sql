-- Verify noetl:catalog on pg
begin;

select c.catalog_id, c.path, c.version, c.kind, c.content, c.content_sha256, c.compiled
from noetl.catalog as c
where false;

select s.catalog_id, s.step, s.position, s.definition
from noetl.catalog_step as s
where false;

select 1 / (pg_catalog.to_regclass(t.name) is not null)::integer
from (
  values ('noetl.credential'), ('noetl.credential_grant'), ('noetl.setting')
) as t (name);

rollback;
