-- Verify noetl:api_token on pg
begin;

select 1 / (pg_catalog.to_regclass(t.name) is not null)::integer
from (
  values
  ('noetl.api_token')
) as t (name);

rollback;
