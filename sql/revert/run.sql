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
drop type noetl_internal.outcome;
drop type noetl_internal.report;
drop type noetl_internal.draft;
drop domain noetl_internal.change_kind;
drop domain noetl_internal.command_task;
drop domain noetl_internal.command_status;
drop domain noetl_internal.loop_window;
drop domain noetl_internal.loop_policy;
drop domain noetl_internal.loop_status;
drop domain noetl_internal.loop_mode;
drop domain noetl_internal.token_status;
drop domain noetl_internal.variable_scope;
drop domain noetl_internal.nesting_depth;
drop domain noetl_internal.priority;
drop domain noetl_internal.run_status;
drop sequence noetl.publishing_until;
drop sequence noetl.claim_floor_due;
drop sequence noetl.claim_floor_raised;
drop sequence noetl.claim_floor_next;
drop sequence noetl.claim_floor;
drop sequence noetl.virtual_clock;
drop sequence noetl.loop_id_seq;

commit;
