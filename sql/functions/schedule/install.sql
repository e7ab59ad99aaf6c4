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

-- What may be put, and by whom
\ir find_time_zone.sql
\ir require_schedule_options.sql
\ir owner_of_schedule.sql
\ir draft_schedule.sql
\ir replace_schedule.sql
\ir may_manage_schedule.sql
\ir has_schedule.sql
\ir require_schedule.sql

-- Firings
\ir iso_time.sql
\ir plan_firing.sql
\ir start_scheduled.sql
\ir fire_schedule.sql
