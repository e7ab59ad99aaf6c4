-- Verify noetl:run_types on pg
begin;

select 1 / (pg_catalog.to_regtype('noetl_internal.' || t.name) is not null)::integer
from (
  values
  ('run_status'),
  ('priority'),
  ('nesting_depth'),
  ('variable_scope'),
  ('token_status'),
  ('loop_mode'),
  ('loop_status'),
  ('loop_policy'),
  ('loop_window'),
  ('command_status'),
  ('command_task'),
  ('change_kind'),
  ('draft'),
  ('report'),
  ('outcome'),
  ('publication')
) as t (name);

select 1 / (pg_catalog.to_regproc('noetl_internal.' || f.name) is not null)::integer
from (
  values
  ('shard_of'),
  ('run_finished_iff_final'),
  ('run_error_iff_failing'),
  ('variable_envelope_iff_step'),
  ('variable_ctx_is_small'),
  ('token_waits_as_its_status_says'),
  ('loop_counts_fit'),
  ('loop_slots_iff_cursor'),
  ('loop_finished_iff_final')
) as f (name);

rollback;
