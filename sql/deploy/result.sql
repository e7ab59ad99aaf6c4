-- Deploy noetl:result to pg
-- requires: schemas
begin;

set local role noetl_owner;

create table noetl.result_ref (
  ref_id bigint generated always as identity,
  ref text not null,
  execution_id bigint not null,
  command_id text,
  step text,
  name text not null,
  parent_ref_id bigint,
  store_tier text not null,
  physical_uri text,
  content_type text not null,
  bytes bigint not null,
  sha256 text not null,
  row_count bigint,
  source_refs text [] not null default '{}',
  scope text not null default 'permanent',
  created_at timestamptz not null,
  expires_at timestamptz,
  removed_at timestamptz,
  constraint result_ref_pkey primary key (execution_id, ref_id),
  constraint result_ref_command_name_key unique (execution_id, command_id, name),
  constraint result_ref_store_tier_is_known check (
    store_tier in (
      'memory', 'kv', 'object', 's3', 'gcs', 'db', 'duckdb', 'eventlog', 'minio', 'pvc'
    )
  ),
  constraint result_ref_scope_is_known check (
    scope in ('step', 'execution', 'workflow', 'permanent')
  ),
  constraint result_ref_counts_not_negative check (least(bytes, row_count) >= 0),
  constraint result_ref_sha256_is_hex check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint result_ref_uri_unless_db check ((physical_uri is null) = (store_tier = 'db'))
);
comment on table noetl.result_ref is
'Where the bytes of a result are, how many, and their checksum.';
comment on column noetl.result_ref.parent_ref_id is
'The first of the stored results that this one was made from; all are in source_refs.';
comment on column noetl.result_ref.scope is
'When its bytes may go, beside expires_at: with its command, its run, the run''s root, or never.';
comment on column noetl.result_ref.removed_at is
'When its bytes were removed; the row stays, for lineage.';

create index result_ref_expires_at_idx on noetl.result_ref (expires_at)
where removed_at is null and expires_at is not null;

create index result_ref_scope_idx on noetl.result_ref (execution_id)
where removed_at is null and scope <> 'permanent';

create table noetl.result_payload (
  execution_id bigint not null,
  ref_id bigint not null,
  payload jsonb not null,
  constraint result_payload_pkey primary key (execution_id, ref_id)
);
comment on table noetl.result_payload is 'Tier db: results that SQL can read.';

create table noetl.collection_chunk (
  execution_id bigint not null,
  loop_id bigint not null,
  first_index integer not null,
  items jsonb not null,
  constraint collection_chunk_pkey primary key (execution_id, loop_id, first_index),
  constraint collection_chunk_is_array check (jsonb_typeof(items) = 'array')
);
comment on table noetl.collection_chunk is
'The items of a loop, in chunks, so that a range can be read without the rest.';

create table noetl.manifest (
  manifest_id bigint not null default nextval('noetl.result_ref_ref_id_seq'),
  execution_id bigint not null,
  kind text not null,
  summary jsonb not null,
  created_at timestamptz not null,
  constraint manifest_pkey primary key (execution_id, manifest_id),
  constraint manifest_kind_is_known check (kind in ('rows', 'retiring', 'execution'))
);
comment on table noetl.manifest is
'What is kept of something large: how the rows of a result lie in it, or a retired execution.';
comment on column noetl.manifest.manifest_id is 'Of rows of a result: its ref_id.';
comment on column noetl.manifest.kind is
'rows: of a result; execution: of a retired one; retiring: of one whose events are being read.';

create unique index uidx_manifest_execution on noetl.manifest (execution_id)
where kind <> 'rows';

create index idx_manifest_retiring on noetl.manifest (execution_id)
where kind = 'retiring';

create table noetl.manifest_part (
  execution_id bigint not null,
  manifest_id bigint not null,
  part_index integer not null,
  ref_id bigint not null,
  constraint manifest_part_pkey primary key (execution_id, manifest_id, part_index)
);
comment on table noetl.manifest_part is 'The parts of a manifest, in order.';

create table noetl.retention_failure (
  execution_id bigint not null,
  code text not null,
  message text not null,
  failed_at timestamptz not null,
  constraint retention_failure_pkey primary key (execution_id)
);
comment on table noetl.retention_failure is
'Executions that could not be retired, and why: each is tried again after an hour.';

create table noetl.trim_mark (
  low bigint not null,
  retired_to bigint not null,
  constraint trim_mark_pkey primary key (low)
);
comment on table noetl.trim_mark is
'How far the executions of an old week of the log are known to be retired; low: its first id.';

grant select on noetl.result_ref, noetl.manifest, noetl.manifest_part, noetl.retention_failure
to noetl_reader;

commit;
