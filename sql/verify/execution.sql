-- Verify noetl:execution on pg
begin;

select 1 / (pg_catalog.to_regclass(t.name) is not null)::integer
from (
  values
  ('noetl.execution'),
  ('noetl.execution_shard'),
  ('noetl.projection_checkpoint'),
  ('noetl.checkpoint')
) as t (name);

rollback;
