-- Verify noetl:event on pg
begin;

select
  e.execution_id, e.event_id, e.parent_event_id, e.catalog_id, e.event_type, e.node_name,
  e.node_type, e.status, e.current_index, e.current_item, e.worker_id, e.context, e.result,
  e.meta, e.error, e.created_at
from noetl.event as e
where false;

select 1 / (count(*) = 5)::integer
from pg_catalog.pg_indexes as i
where
  i.schemaname = 'noetl'
  and i.indexname in (
    'uidx_event_command_issued_command_id', 'uidx_event_loop_done_loop_id',
    'uidx_event_loop_fanin_completed_loop_id', 'idx_event_loop_id_type',
    'uidx_event_call_partial_chunk'
  );

rollback;
