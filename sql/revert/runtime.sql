-- Revert noetl:runtime from pg
begin;

drop table noetl.duty;
drop table noetl.runtime;

commit;
