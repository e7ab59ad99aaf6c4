-- Revert noetl:event from pg
begin;

drop table noetl.event;
drop sequence noetl.event_id_seq;
drop sequence noetl.execution_seq;

commit;
