-- Revert noetl:run from pg
begin;

drop table noetl.change;
drop table noetl.command;
drop table noetl.loop_tally;
drop table noetl.loop_repeat;
drop table noetl.loop;
drop table noetl.signal;
drop table noetl.slot;
drop table noetl.token;
drop table noetl.variable;
drop table noetl.run;
drop table noetl.start_key;
drop sequence noetl.publication_floor_due;
drop sequence noetl.publication_floor_next;
drop sequence noetl.publication_floor;
drop sequence noetl.publishing_until;
drop sequence noetl.claim_floor_due;
drop sequence noetl.claim_floor_raised;
drop sequence noetl.claim_floor_next;
drop sequence noetl.claim_floor;
drop sequence noetl.virtual_clock;
drop sequence noetl.loop_id_seq;

commit;
