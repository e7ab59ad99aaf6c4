-- Retention: what is kept of executions that ended long ago, and how the rest goes, callees first.

\ir retention_cutoff.sql
\ir is_retired.sql
\ir require_not_retired.sql

-- Executions: their summary, then their state
\ir note_retention_failure.sql
\ir is_retention_failing.sql
\ir retirable_runs.sql
\ir retired_summary.sql
\ir retire_run.sql
\ir retire_runs.sql
\ir merge_step_counts.sql
\ir summarise_events.sql
\ir drop_run_rows.sql
\ir finish_retirement.sql
\ir finish_retiring.sql

-- The log: its partitions
\ir log_partitions.sql
\ir is_run_there.sql
\ir check_week.sql
\ir has_unretired.sql
\ir drop_partition.sql
\ir drop_retired_events.sql
\ir trim_log.sql
\ir analyze_log.sql

-- The rest
\ir forgettable_sessions.sql
\ir drop_sessions.sql
