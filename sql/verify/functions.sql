-- Verify noetl:functions on pg
begin;

select
  'noetl.register_playbook'::regproc,
  'noetl.start_execution'::regproc,
  'noetl.claim_commands'::regproc,
  'noetl.heartbeat'::regproc,
  'noetl.record_events'::regproc,
  'noetl.claim_loop_done'::regproc,
  'noetl.cancel_execution'::regproc,
  'noetl.execution_status'::regproc;

rollback;
