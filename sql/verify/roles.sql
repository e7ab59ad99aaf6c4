-- Verify noetl:roles on pg
begin;

select 1 / (count(*) = 6)::integer
from pg_catalog.pg_roles as r
where
  r.rolname in (
    'noetl_owner', 'noetl_author', 'noetl_runner', 'noetl_operator', 'noetl_worker', 'noetl_reader'
  );

rollback;
