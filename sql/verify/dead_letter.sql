-- Verify noetl:dead_letter on pg
begin;

select 1 / (pg_catalog.to_regclass(t.name) is not null)::integer
from (
  values
  ('noetl.dead_letter')
) as t (name);

rollback;
