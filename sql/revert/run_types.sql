-- Revert noetl:run_types from pg
begin;

drop function noetl_internal.loop_finished_iff_final;
drop function noetl_internal.loop_slots_iff_cursor;
drop function noetl_internal.loop_counts_fit;
drop function noetl_internal.token_waits_as_its_status_says;
drop function noetl_internal.variable_ctx_is_small;
drop function noetl_internal.variable_envelope_iff_step;
drop function noetl_internal.run_error_iff_failing;
drop function noetl_internal.run_finished_iff_final;
drop function noetl_internal.shard_of;
drop type noetl_internal.publication;
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

commit;
