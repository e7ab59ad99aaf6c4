-- Revert noetl:runtime from pg
begin;

drop table noetl.duty;
drop type noetl_internal.room;
drop table noetl.runtime;

commit;
