-- Verify noetl:schemas on pg
begin;

select 1 / pg_catalog.has_schema_privilege('noetl_worker', 'noetl', 'usage')::integer;
select
  1 / (not pg_catalog.has_schema_privilege('noetl_worker', 'noetl_internal', 'usage'))::integer;
select null::noetl_internal.problem;

rollback;
