-- Deploy noetl:runtime to pg
-- requires: schemas
begin;

set local role noetl_owner;

create table noetl.runtime (
  session_id uuid not null,
  name text not null,
  kind text not null,
  pools text[] not null,
  capacity jsonb not null,
  status text not null,
  role name not null,
  registered_at timestamptz not null,
  heartbeat_at timestamptz not null,
  started_at timestamptz,  -- the process, by its own clock
  ended_at timestamptz,
  passed jsonb,
  constraint runtime_pkey primary key (session_id),
  constraint runtime_kind_is_known check (kind in ('worker', 'dispatcher')),
  constraint runtime_status_is_known check (status in ('active', 'ended')),
  constraint runtime_ended_iff_final check ((ended_at is not null) = (status = 'ended'))
)
with (fillfactor = 50);
comment on table noetl.runtime is
'Sessions of workers and dispatchers: one row per process start. The lease of a command is '
'the session of its worker.';

comment on column noetl.runtime.passed is
'A hint for its next claims: what the last long one had to pass over (note_passed).';

create unique index uidx_runtime_active_name on noetl.runtime (kind, name)
where status = 'active';

-- What a worker can take at the moment.
create type noetl_internal.room as (
  worker text,
  pools text [],
  tools text [],
  free integer,
  tool_free jsonb
);
comment on type noetl_internal.room is
'What a worker can take: free slots, in all and of each tool kind that has slots of its own.';

create table noetl.duty (
  duty text not null,
  needs text,  -- what a dispatcher must be capable of to have it
  owner_session_id uuid,
  lease_until timestamptz,
  epoch bigint not null,
  constraint duty_pkey primary key (duty),
  constraint duty_owned_iff_leased check (
    (owner_session_id is null) = (lease_until is null)
  )
)
with (fillfactor = 50);
comment on table noetl.duty is
'The ticks, and which dispatcher does each: one at a time, under a lease. epoch counts owners.';

insert into noetl.duty (duty, epoch)
values
('expand_loops', 0), ('wake_runs', 0), ('advance_changes', 0), ('raise_floor', 0),
('reap_stale', 0), ('fire_schedules', 0), ('maintain_partitions', 0), ('retain', 0);
insert into noetl.duty (duty, needs, epoch)
values
('publish_commands', 'nats', 0);

commit;
