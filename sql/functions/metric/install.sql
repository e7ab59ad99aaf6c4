-- Metrics: samples of the state of the system, one function for each part of it.

\ir queue_samples.sql
\ir queue_age_samples.sql
\ir run_samples.sql
\ir outbox_samples.sql
\ir session_samples.sql
\ir duty_samples.sql
\ir timer_samples.sql
\ir table_samples.sql
