-- Deploy noetl:execution to pg
-- requires: schemas
begin;

set local role noetl_owner;

create table noetl.execution (
  execution_id bigint not null,
  catalog_id bigint not null,
  path text not null,
  parent_execution_id bigint,
  status text not null,
  reason text,
  last_event_type text,
  last_node_name text,
  last_event_id bigint,
  start_time timestamptz not null,
  end_time timestamptz,
  error text,
  result jsonb,
  state jsonb not null,
  version bigint not null,
  retired_at timestamptz,
  constraint execution_pkey primary key (execution_id),
  constraint execution_status_is_known check (
    status in (
      'running', 'waiting', 'paused', 'failing', 'cancelling', 'completed', 'failed', 'cancelled'
    )
  ),
  constraint execution_retired_only_when_ended check (retired_at is null or end_time is not null)
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
comment on table noetl.execution is
'The read model, for people and other programs: copied from run state, never added to.';
comment on column noetl.execution.retired_at is
'Since when its events and run state are gone: this row and its manifest are what is kept.';

create index idx_execution_status on noetl.execution (status, execution_id);
create index idx_execution_path on noetl.execution (path, execution_id);
create index idx_execution_parent on noetl.execution (parent_execution_id, execution_id)
where parent_execution_id is not null;

create table noetl.execution_shard (
  shard integer not null,
  owner_session_id uuid,
  lease_until timestamptz,
  epoch bigint not null,
  constraint execution_shard_pkey primary key (shard),
  constraint execution_shard_is_known check (shard between 0 and 15),
  constraint execution_shard_owned_iff_leased check (
    (owner_session_id is null) = (lease_until is null)
  )
)
with (fillfactor = 50);
comment on table noetl.execution_shard is
'Which dispatcher projects which shard of the runs, under a lease. epoch counts owners.';

create table noetl.projection_checkpoint (
  shard integer not null,
  epoch bigint not null,
  last_change_id bigint,
  last_event_id bigint,
  lag_ms bigint,
  updated_at timestamptz,
  constraint projection_checkpoint_pkey primary key (shard)
)
with (fillfactor = 50);
comment on table noetl.projection_checkpoint is
'How far the projection of a shard is, for people and metrics, not for correctness.';
comment on column noetl.projection_checkpoint.lag_ms is
'How long the oldest change projected last had waited, in milliseconds.';

create table noetl.checkpoint (
  shard integer not null,
  checkpoint_at timestamptz not null,
  state jsonb not null,
  constraint checkpoint_pkey primary key (shard)
)
with (fillfactor = 50);
comment on table noetl.checkpoint is
'What is live in each shard, at most a second old while it changes, more where much is live.';

insert into noetl.execution_shard (shard, epoch)
select
  s.shard,
  0 as epoch
from generate_series(0, 15) as s (shard);

insert into noetl.projection_checkpoint (shard, epoch)
select
  s.shard,
  0 as epoch
from generate_series(0, 15) as s (shard);

grant select on noetl.execution to noetl_reader;

commit;
