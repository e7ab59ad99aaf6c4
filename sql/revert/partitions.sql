-- Revert noetl:partitions from pg
-- The partitions go with their table; without it they are harmless, and they hold the history.
begin;

select 1;

commit;
