-- Deploy noetl:schedule to pg
-- requires: catalog run
begin;

set local role noetl_owner;

create type noetl_internal.cron_field as (
  name text,
  low integer,
  high integer,
  names text[]
);
comment on type noetl_internal.cron_field is
'A field of a cron expression: what it takes; names stand for the numbers from low on.';

create type noetl_internal.cron as (
  minutes integer[],
  hours integer[],
  days integer[],
  months integer[],
  weekdays integer[],
  is_either_day boolean,
  is_real_time boolean
);
comment on type noetl_internal.cron is
'A parsed cron expression: what each field admits, ascending, Sunday being 0. is_either_day: '
'the day of the month or that of the week is enough; is_real_time: it follows the clock '
'through a change of the offset, instead of once per local time.';

create table noetl.schedule (
  name text not null,
  path text not null,
  version integer,
  cron text not null,
  time_zone text not null,
  workload jsonb not null,
  priority noetl_internal.priority,
  missed text not null,
  is_active boolean not null,
  next_at timestamptz,
  last_at timestamptz,
  last_execution_id bigint,
  last_error jsonb,
  run_as name not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint schedule_pkey primary key (name),
  constraint schedule_name_is_sane check (name ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$'),
  constraint schedule_workload_is_mapping check (jsonb_typeof(workload) = 'object'),
  constraint schedule_missed_is_known check (missed in ('skip', 'once', 'all')),
  constraint schedule_next_iff_active check ((next_at is not null) = is_active),
  constraint schedule_firing_has_run_or_error check (
    num_nonnulls(last_execution_id, last_error) = (last_at is not null)::integer
  )
);
comment on table noetl.schedule is
'When to start which playbook. Primary data: no event tells it.';
comment on column noetl.schedule.version is 'The version to start; null: the latest one then.';
comment on column noetl.schedule.missed is
'What to do about firings that nobody took in time: skip them, start one run for all of them '
'(once), or one for each (all).';
comment on column noetl.schedule.last_at is
'The time that the last firing was due; its run, or why there is none, is beside it.';
comment on column noetl.schedule.run_as is
'The role that put it: its runs may use what this role may use.';

create index idx_schedule_next_at on noetl.schedule (next_at)
where is_active;

insert into noetl.setting (name, value, description)
values
('schedule_grace_seconds', '60', 'A firing of a schedule that is later than this was missed.');

grant select on noetl.schedule to noetl_reader;

commit;
