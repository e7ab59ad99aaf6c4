-- Deploy noetl:catalog to pg
-- requires: schemas
begin;

set local role noetl_owner;

create table noetl.catalog (
  catalog_id bigint generated always as identity,
  path text not null,
  version integer not null,
  kind text not null,
  content jsonb not null,
  content_sha256 bytea not null,
  compiled jsonb not null,
  registered_by name not null,
  created_at timestamptz not null,
  constraint catalog_pkey primary key (catalog_id),
  constraint catalog_path_version_key unique (path, version),
  constraint catalog_version_is_positive check (version > 0),
  constraint catalog_kind_is_known check (kind in ('Playbook'))
);
comment on table noetl.catalog is
'Registered playbooks: the document of each version and its compiled head.';

create table noetl.catalog_step (
  catalog_id bigint not null,
  step text not null,
  position integer not null,
  kinds text[] not null,
  definition jsonb not null,
  constraint catalog_step_pkey primary key (catalog_id, step),
  constraint catalog_step_catalog_id_fkey foreign key (catalog_id)
  references noetl.catalog (catalog_id) on delete cascade
);
comment on table noetl.catalog_step is
'One compiled step of a playbook version; see docs/protocol.md.';
comment on column noetl.catalog_step.kinds is
'The kinds of its tools, each once, in their order: what a worker must serve to run it.';

create table noetl.credential (
  name text not null,
  kind text not null,
  secret bytea not null,
  description text,
  is_managed boolean not null,
  owner_role name not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint credential_pkey primary key (name),
  constraint credential_name_is_sane check (name ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$')
);
comment on table noetl.credential is
'Named secrets, encrypted by the client: the database never sees a key.';
comment on column noetl.credential.is_managed is
'Made and renewed by embedded mode; a user''s own definition wins.';

create table noetl.credential_grant (
  name text not null,
  grantee name not null,
  constraint credential_grant_pkey primary key (name, grantee),
  constraint credential_grant_name_fkey foreign key (name)
  references noetl.credential (name) on delete cascade
);
comment on table noetl.credential_grant is
'Roles whose members may start playbooks that use a credential.';

create table noetl.setting (
  name text not null,
  value jsonb not null,
  description text not null,
  constraint setting_pkey primary key (name)
);
comment on table noetl.setting is
'Engine settings that SQL reads; changed by the owner with update.';

insert into noetl.setting (name, value, description)
values
('session_timeout_seconds', '300', 'A session without a heartbeat for this long has ended.'),
('dispatcher_lease_seconds', '30', 'A dispatcher that is silent for this long loses its duties.'),
('loop_inline_max', '1000', 'Larger collections ride by reference; workers read them in ranges.'),
('loop_chunk', '1000', 'Items issued per transaction while a loop is being expanded.'),
('loop_backlog_max', '10000', 'Issued but unfinished items of a loop without a window.'),
('advance_hops_max', '200', 'Steps that need no worker, finished in one transaction.'),
('child_depth_max', '32', 'Nesting of child playbooks.'),
('signal_ttl_seconds', '604800', 'A signal that nobody waits for is kept for this long.');

grant select on noetl.catalog, noetl.catalog_step to noetl_reader, noetl_author;

commit;
