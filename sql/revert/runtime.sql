-- Revert noetl:runtime from pg
begin;

drop table noetl.runtime;

commit;
