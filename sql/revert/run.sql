-- Revert noetl:run from pg
begin;

drop table noetl.change;
drop table noetl.command;
drop table noetl.loop;
drop table noetl.token;
drop table noetl.variable;
drop table noetl.run;
drop table noetl.start_key;
drop type noetl_internal.outcome;
drop type noetl_internal.report;
drop type noetl_internal.draft;
drop sequence noetl.virtual_clock;
drop sequence noetl.loop_id_seq;

commit;
