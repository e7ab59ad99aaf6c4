-- Verify noetl:schedule on pg
begin;

select 1 / (pg_catalog.to_regclass(t.name) is not null)::integer
from (
  values
  ('noetl.schedule')
) as t (name);

select null::noetl_internal.cron, null::noetl_internal.cron_field;

rollback;
