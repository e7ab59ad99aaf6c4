-- What the database knows of the system's state now, as samples of gauges: docs/metrics.md tells
-- what each means. Reads small tables and indexes, never the log. What there is none of may be left
-- out: no queued command, no sample. Calling it again reads anew.
-- Locks: none. Raises: nothing.
create or replace function noetl.metrics()
returns table (name text, labels jsonb, value double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off  -- docs/decisions/pinned-plans.md
set jit = off
as $function$
  select s.name, s.labels, s.value from noetl_internal.queue_samples() as s
  union all
  select s.name, s.labels, s.value from noetl_internal.queue_age_samples() as s
  union all
  select
    'noetl_queue_unserved_commands',
    jsonb_build_object('pool', u.pool, 'kinds', array_to_string(u.kinds, ',')), u.commands
  from noetl.list_unserved() as u
  union all
  select s.name, s.labels, s.value from noetl_internal.run_samples() as s
  union all
  select s.name, s.labels, s.value from noetl_internal.outbox_samples() as s
  union all
  select
    'noetl_projection_lag_seconds', jsonb_build_object('shard', p.shard::text), p.lag_ms / 1000.0
  from noetl.projection_lag() as p
  union all
  select s.name, s.labels, s.value from noetl_internal.session_samples() as s
  union all
  select s.name, s.labels, s.value from noetl_internal.duty_samples() as s
  union all
  select s.name, s.labels, s.value from noetl_internal.timer_samples() as s
  union all
  select s.name, s.labels, s.value from noetl_internal.table_samples() as s
$function$;

comment on function noetl.metrics()
is 'What the database knows of the system''s state now, as samples of gauges.';
revoke all on function noetl.metrics() from public;
grant execute on function noetl.metrics() to noetl_reader, noetl_operator, noetl_worker;
