-- Verify noetl:runtime on pg
begin;

select 1 / (pg_catalog.to_regclass(t.name) is not null)::integer
from (
  values
  ('noetl.runtime'), ('noetl.duty')
) as t (name);

rollback;
