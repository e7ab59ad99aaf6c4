-- Verify noetl:result on pg
begin;

select 1 / (pg_catalog.to_regclass(t.name) is not null)::integer
from (
  values
  ('noetl.result_ref'),
  ('noetl.result_payload'),
  ('noetl.collection_chunk'),
  ('noetl.manifest'),
  ('noetl.manifest_part'),
  ('noetl.retention_failure'),
  ('noetl.trim_mark')
) as t (name);

rollback;
