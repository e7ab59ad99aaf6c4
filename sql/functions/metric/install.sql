-- Metrics: samples of the state of the system, one function for each part of it. What may be many
-- is counted up to a limit, so that a scrape costs the same however much waits.

\ir count_limit.sql
\ir queued_pools.sql
\ir queue_samples.sql
\ir queue_age_samples.sql
\ir run_samples.sql
\ir outbox_samples.sql
\ir session_samples.sql
\ir duty_samples.sql
\ir timer_samples.sql
\ir table_samples.sql
