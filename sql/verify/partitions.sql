-- Verify noetl:partitions on pg
begin;

select 1 / (count(*) > 0)::integer
from pg_catalog.pg_inherits as i
where i.inhparent = 'noetl.event'::regclass;

rollback;
