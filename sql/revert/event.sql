-- Revert noetl:event from pg
begin;

drop table noetl.event;
drop domain noetl_internal.event_error;
drop domain noetl_internal.event_context;
drop domain noetl_internal.event_result;
drop domain noetl_internal.event_type;
drop sequence noetl.event_id_seq;
drop sequence noetl.execution_seq;

commit;
