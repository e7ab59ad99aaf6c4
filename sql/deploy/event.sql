-- Deploy noetl:event to pg
-- requires: schemas
begin;

set local role noetl_owner;

create sequence noetl.execution_seq maxvalue 4194303 cycle;
comment on sequence noetl.execution_seq is
'The low 22 bits of an execution id; the high bits are milliseconds.';

create sequence noetl.event_id_seq;
comment on sequence noetl.event_id_seq is 'Event ids: unique, and ascending within a run.';

-- A check of one column is a domain: PostgreSQL parses the checks of a table again for each
-- statement, and those of a domain once in a session (docs/decisions/domains-for-hot-checks.md).
-- The list is searched from its beginning: what happens most comes first.
create domain noetl_internal.event_type as text
constraint event_type_is_known check (
  value in (
    'command.issued', 'command.claimed', 'command.completed', 'command.failed',
    'command.cancelled', 'command.heartbeat',
    'loop.shard.done', 'loop.item', 'loop.shard.failed', 'loop.shard.enqueued',
    'call.done', 'call.error', 'call.partial',
    'step.enter', 'step.exit',
    'loop.started', 'loop.done', 'loop.fanout.started', 'loop.fanin.completed',
    'playbook.initialized', 'playbook.completed', 'playbook.failed',
    'execution.cancelled', 'execution.queued', 'execution.failing', 'execution.paused',
    'execution.resumed', 'execution.retried',
    'signal.received', 'context.written',
    'checkpoint.committed'
  )
);
comment on domain noetl_internal.event_type is 'What happened.';

-- References, not payloads, ride in events: these are the hard maxima, in bytes of text.
create domain noetl_internal.event_result as jsonb
constraint event_result_is_a_reference check (
  value is null or (
    value - array['status', 'reference', 'context'] = '{}'
    and octet_length(value::text) <= 8192
  )
)
constraint event_result_has_no_payload check (
  octet_length((value #> '{context,data}')::text) <= 2048
);
comment on domain noetl_internal.event_result is 'An outcome: status, reference, context.';

create domain noetl_internal.event_context as jsonb
constraint event_context_is_small check (octet_length(value::text) <= 65536);
comment on domain noetl_internal.event_context is 'What a replay of the event needs.';

create domain noetl_internal.event_error as text
constraint event_error_is_small check (octet_length(value) <= 8192);
comment on domain noetl_internal.event_error is 'A message for people.';

create table noetl.event (
  execution_id bigint not null,
  event_id bigint not null default nextval('noetl.event_id_seq'),
  parent_event_id bigint,
  catalog_id bigint,
  event_type noetl_internal.event_type not null,
  node_name text,
  node_type text,
  status text,
  current_index integer,
  current_item jsonb,
  worker_id text,
  context noetl_internal.event_context,
  result noetl_internal.event_result,
  meta jsonb,
  error noetl_internal.event_error,
  created_at timestamptz not null,
  constraint event_pkey primary key (execution_id, event_id)
)
partition by range (execution_id);
comment on table noetl.event is
'Append-only: the truth of what happened. Everything else can be rebuilt from it.';

create unique index uidx_event_command_issued_command_id
on noetl.event (execution_id, (meta ->> 'command_id'))
where event_type = 'command.issued' and meta ? 'command_id';

create unique index uidx_event_loop_done_loop_id
on noetl.event (execution_id, (meta ->> 'loop_id'))
where event_type = 'loop.done' and meta ? 'loop_id';

create unique index uidx_event_loop_fanin_completed_loop_id
on noetl.event (execution_id, (meta ->> 'loop_id'))
where event_type = 'loop.fanin.completed' and meta ? 'loop_id';

create unique index uidx_event_call_partial_chunk
on noetl.event (execution_id, (meta ->> 'token_id'), current_index)
where event_type = 'call.partial';

create index idx_event_loop_id_type
on noetl.event (execution_id, (meta ->> 'loop_id'), event_type, current_index)
where meta ? 'loop_id';

grant select on noetl.event to noetl_reader;

commit;
