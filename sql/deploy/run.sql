-- Deploy noetl:run to pg
-- requires: run_types
-- Run state: authoritative for decisions, changed only by transitions, rebuildable from the event
-- log. Small hot tables: no foreign keys, few indexes, room on each page for HOT updates.
begin;

set local role noetl_owner;

create sequence noetl.loop_id_seq;
comment on sequence noetl.loop_id_seq is
'Loop ids: unique in this database, so that they can serve as idempotency keys.';

create sequence noetl.virtual_clock minvalue 0 start 0;
comment on sequence noetl.virtual_clock is
'The place in line served last. A sequence, not a row: it must move without leaving dead rows.';

-- Four registers of raise_floor, each a sequence for the same reason.
create sequence noetl.claim_floor minvalue 0 start 0;
comment on sequence noetl.claim_floor is 'The place in line below which claims need not look.';

create sequence noetl.claim_floor_next minvalue 0 start 0;
comment on sequence noetl.claim_floor_next is
'The place served when the floor was last raised: how far it may rise next.';

create sequence noetl.claim_floor_raised minvalue 0 start 0;
comment on sequence noetl.claim_floor_raised is
'When the floor was last raised, in milliseconds since 1970.';

create sequence noetl.claim_floor_due minvalue 0 start 0;
comment on sequence noetl.claim_floor_due is
'When a look from the bottom is due, in milliseconds since 1970.';

create sequence noetl.publishing_until minvalue 0 start 0;
comment on sequence noetl.publishing_until is
'Until when commands are published as they are issued, in milliseconds since 1970.';

-- Three registers of first_publication.
create sequence noetl.publication_floor minvalue 0 start 0;
comment on sequence noetl.publication_floor is
'The change id below which nothing is to be published, as a look that took long left it.';

create sequence noetl.publication_floor_next minvalue 0 start 0;
comment on sequence noetl.publication_floor_next is
'The change id given last when such a look began: how far the floor may rise next.';

create sequence noetl.publication_floor_due minvalue 0 start 0;
comment on sequence noetl.publication_floor_due is
'From when on a look begins at the bottom again, in milliseconds since 1970.';

create table noetl.start_key (
  path text not null,
  idempotency_key text not null,
  execution_id bigint not null,
  constraint start_key_pkey primary key (path, idempotency_key)
);
comment on table noetl.start_key is 'Which run an idempotency key of start_execution has made.';

create table noetl.run (
  execution_id bigint not null,
  catalog_id bigint not null,
  path text not null,
  status noetl_internal.run_status not null,
  reason text,
  version bigint not null,
  context_version bigint not null,
  next_token_id integer not null,
  next_split_id integer not null,
  next_place bigint not null,
  priority noetl_internal.priority not null,
  pool text not null,
  parent_execution_id bigint,
  parent_command_id text,
  depth noetl_internal.nesting_depth not null,
  is_final_step_done boolean not null,
  is_paused boolean not null,
  started_by name not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  last_step text,
  result jsonb,
  error jsonb,
  constraint run_pkey primary key (execution_id),
  constraint run_finished_iff_final check (
    noetl_internal.run_finished_iff_final(status, finished_at)
  ),
  constraint run_error_iff_failing check (noetl_internal.run_error_iff_failing(status, error))
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
comment on table noetl.run is 'One row per execution: its status and counters.';
comment on column noetl.run.context_version is
'Which names and values expressions see: a number of event_id_seq, so that it never comes again.';

-- Nearly always empty: issuing commands asks it whether their run is paused.
create index idx_run_paused on noetl.run (execution_id)
where is_paused;

create index idx_run_parent on noetl.run (parent_execution_id)
where parent_execution_id is not null;

create index idx_run_live on noetl.run (noetl_internal.shard_of(execution_id))
where finished_at is null;

create table noetl.variable (
  execution_id bigint not null,
  scope noetl_internal.variable_scope not null,
  name text not null,
  value jsonb,
  envelope jsonb,
  loop_id bigint,
  visit_count integer,
  constraint variable_pkey primary key (execution_id, scope, name),
  constraint variable_envelope_iff_step check (
    noetl_internal.variable_envelope_iff_step(scope, envelope, visit_count)
  ),
  constraint variable_ctx_is_small check (noetl_internal.variable_ctx_is_small(scope, value))
)
with (fillfactor = 70);
comment on table noetl.variable is
'What expressions of a run can read: one row per workload key, ctx key and finished step.';

create table noetl.token (
  execution_id bigint not null,
  token_id integer not null,
  step text not null,
  status noetl_internal.token_status not null,
  split_ids integer[] not null,
  split_steps text[] not null,
  input jsonb,
  issue integer not null default 1,
  wake_at timestamptz,
  signal text,
  slot_key text,
  has_joined boolean not null default false,
  place bigint not null,
  constraint token_pkey primary key (execution_id, token_id),
  constraint token_splits_are_pairs check (cardinality(split_ids) = cardinality(split_steps)),
  constraint token_waits_as_its_status_says check (
    noetl_internal.token_waits_as_its_status_says(status, signal, wake_at)
  )
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
comment on table noetl.token is
'Where a run stands now: one row per activation of a step that has not ended.';

comment on column noetl.token.place is
'The place in line of its command, unless claims have passed it before it is issued.';
comment on column noetl.token.has_joined is
'Whether it is what the branches that arrived at its step became: it does not wait there.';
comment on column noetl.token.issue is
'The issue number of its next command: above 1 after retry_execution.';

create index idx_token_wake on noetl.token (wake_at)
where wake_at is not null;

create table noetl.slot (
  execution_id bigint not null,
  token_id integer not null,
  key text not null,
  key_limit integer not null,
  priority noetl_internal.priority not null,
  place bigint generated always as identity,
  is_held boolean not null,
  constraint slot_pkey primary key (execution_id, token_id),
  constraint slot_limit_is_positive check (key_limit > 0)
);
comment on table noetl.slot is
'Who holds, and who waits for, a place under a concurrency key: a token, or a run (token 0).';

create index idx_slot_key on noetl.slot (key);

create table noetl.signal (
  execution_id bigint not null,
  signal_id bigint not null,
  name text not null,
  payload jsonb not null,
  idempotency_key text,
  received_at timestamptz not null,
  expires_at timestamptz not null,
  token_id integer,
  constraint signal_pkey primary key (execution_id, signal_id),
  constraint signal_name_is_short check (octet_length(name) between 1 and 200)
);
comment on table noetl.signal is
'Signals sent to runs. Without a token: kept until a step waits for it, or it expires.';

create unique index uidx_signal_idempotency_key on noetl.signal (execution_id, idempotency_key)
where idempotency_key is not null;

create table noetl.loop (
  execution_id bigint not null,
  loop_id bigint not null,
  token_id integer not null,
  catalog_id bigint not null,
  step text not null,
  parent_loop_id bigint,
  parent_index integer,
  mode noetl_internal.loop_mode not null,
  status noetl_internal.loop_status not null,
  total integer not null,
  issued integer not null,
  done integer not null,
  failed integer not null,
  cancelled integer not null,
  to_repeat integer not null,
  remaining_slots integer,
  max_in_flight noetl_internal.loop_window not null,
  max_shard_retries integer not null,
  max_failures integer,
  policy noetl_internal.loop_policy not null,
  is_external boolean not null,
  collection_ref text,  -- the stored result whose rows are the items; null: collection_chunk
  input jsonb,
  pool text not null,
  priority noetl_internal.priority not null,
  next_place bigint not null,
  context_version bigint not null,
  retried_at bigint not null default 0,  -- items that failed before this event do not count
  has_ctx_writes boolean not null,
  first_error jsonb,
  version bigint not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  constraint loop_pkey primary key (execution_id, loop_id),
  constraint loop_counts_fit check (
    noetl_internal.loop_counts_fit(mode, total, issued, done, failed, cancelled, to_repeat)
  ),
  constraint loop_slots_iff_cursor check (
    noetl_internal.loop_slots_iff_cursor(mode, remaining_slots, max_in_flight)
  ),
  constraint loop_slots_end_before_loop check (finished_at is null or remaining_slots = 0),
  constraint loop_finished_iff_final check (
    noetl_internal.loop_finished_iff_final(status, finished_at)
  )
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
comment on table noetl.loop is
'One row per loop activation: counters, window and expansion cursor.';
comment on column noetl.loop.issued is
'Items issued; of a cursor loop the frames, which give the next one its number.';
comment on column noetl.loop.remaining_slots is
'Of a cursor loop: slots that have not ended, each with one command in the queue.';

comment on column noetl.loop.to_repeat is
'Items issued before a retry_execution that wait to be issued again: rows of noetl.loop_repeat.';

create table noetl.loop_repeat (
  execution_id bigint not null,
  loop_id bigint not null,
  iter_index integer not null,
  issue integer not null,
  constraint loop_repeat_pkey primary key (execution_id, loop_id, iter_index)
);
comment on table noetl.loop_repeat is
'Items of loops that are to run again after retry_execution, with their next issue number.';

create index idx_loop_expanding on noetl.loop (execution_id, loop_id)
where status = 'expanding';

create index idx_loop_live on noetl.loop (noetl_internal.shard_of(execution_id))
where finished_at is null;

create table noetl.loop_tally (
  tally_id bigint generated always as identity,
  execution_id bigint not null,
  loop_id bigint not null,
  done integer not null,
  failed integer not null,
  ctx jsonb,
  error jsonb,
  constraint loop_tally_pkey primary key (execution_id, loop_id, tally_id)
)
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table noetl.loop_tally is
'Finished items that a report left to be counted, because another session was counting the loop.';

create table noetl.command (
  execution_id bigint not null,
  command_id text not null,
  catalog_id bigint not null,
  token_id integer not null,
  step text not null,
  task noetl_internal.command_task not null,
  loop_id bigint,
  iter_index integer,
  issue integer not null,
  infra_attempt smallint not null,
  shard_attempt smallint not null,
  max_attempts smallint not null,
  total integer,
  pool text not null,
  priority noetl_internal.priority not null,
  place bigint not null,
  context_version bigint not null,
  item jsonb,
  input jsonb,
  status noetl_internal.command_status not null,
  session_id uuid,
  request_id uuid,
  claimed_at timestamptz,
  constraint command_pkey primary key (execution_id, command_id),
  constraint command_leased_iff_owned check (
    (status = 'leased') = (session_id is not null)
    and (session_id is null) = (claimed_at is null)
  ),
  constraint command_index_iff_loop check ((loop_id is null) = (iter_index is null))
)
with (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_cost_delay = 0
);
comment on table noetl.command is 'The queue: open commands only. A finished command leaves.';
comment on column noetl.command.place is
'Place in line, a virtual time that advances per run: claims take the smallest, so runs alternate.';

create index idx_command_queued on noetl.command (pool, priority, place)
where status = 'queued';
create index idx_command_session on noetl.command (session_id, request_id)
where status = 'leased';

create table noetl.change (
  change_id bigint generated always as identity,
  kind noetl_internal.change_kind not null,
  execution_id bigint not null,
  command_id text,
  marked_at timestamptz not null default statement_timestamp(),
  constraint change_pkey primary key (change_id),
  constraint change_command_iff_publish check ((command_id is not null) = (kind = 'publish'))
)
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table noetl.change is
'The outbox. dirty: project this run; advance: move this run on; cancel: its parent has '
'ended; publish: tell a transport of this command. Followers delete what they did.';

-- One for each follower: reports ask whether there is anything to advance, among many dirty rows.
create index idx_change_dirty
on noetl.change (noetl_internal.shard_of(execution_id), change_id)
where kind = 'dirty';
create index idx_change_advance on noetl.change (change_id)
where kind in ('advance', 'cancel');
create index idx_change_publish on noetl.change (change_id)
where kind = 'publish';

commit;
