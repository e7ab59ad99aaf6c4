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
  constraint execution_pkey primary key (execution_id),
  constraint execution_status_is_known check (
    status in (
      'running', 'waiting', 'paused', 'failing', 'cancelling', 'completed', 'failed', 'cancelled'
    )
  )
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
comment on table noetl.execution is
'The read model, for people and other programs: copied from run state, never added to.';

create index idx_execution_path on noetl.execution (path, execution_id);
create index idx_execution_parent on noetl.execution (parent_execution_id, execution_id)
where parent_execution_id is not null;

create table noetl.execution_shard (
  shard integer not null,
  owner_session_id uuid,
  lease_until timestamptz,
  epoch bigint not null,
  constraint execution_shard_pkey primary key (shard)
);
comment on table noetl.execution_shard is 'Which dispatcher projects which share of the runs.';

create table noetl.projection_checkpoint (
  shard integer not null,
  last_change_id bigint not null,
  lag_ms integer not null,
  updated_at timestamptz not null,
  constraint projection_checkpoint_pkey primary key (shard)
);
comment on table noetl.projection_checkpoint is
'How far the projection is, for people and metrics, not for correctness.';

create table noetl.checkpoint (
  shard integer not null,
  checkpoint_at timestamptz not null,
  state jsonb not null,
  constraint checkpoint_pkey primary key (shard)
);
comment on table noetl.checkpoint is 'The latest checkpoint of each active shard.';

grant select on noetl.execution to noetl_reader;

commit;
