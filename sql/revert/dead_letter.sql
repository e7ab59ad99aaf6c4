-- Revert noetl:dead_letter from pg
begin;

drop table noetl.dead_letter;

commit;
