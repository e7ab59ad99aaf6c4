-- Revert noetl:roles from pg
-- The roles stay: they belong to the cluster, and other databases may use them.
begin;

select 1;

commit;
