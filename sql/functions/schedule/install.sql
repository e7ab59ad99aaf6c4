-- Schedules: cron expressions, time zones, firings, callees first.

-- Cron expressions
\ir raise_cron.sql
\ir cron_field.sql
\ir read_cron_value.sql
\ir parse_cron_item.sql
\ir parse_cron_field.sql
\ir expand_cron.sql
\ir parse_cron.sql

-- Their times, in a time zone
\ir next_day.sql
\ir next_local_time.sql
\ir offset_at.sql
\ir instant_of.sql
\ir next_real_instant.sql
\ir next_instant.sql
\ir last_instant.sql
