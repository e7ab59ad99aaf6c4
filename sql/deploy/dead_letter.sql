-- Deploy noetl:dead_letter to pg
-- requires: schemas
begin;

set local role noetl_owner;

create table noetl.dead_letter (
  dead_letter_id bigint generated always as identity,
  message_key text not null,
  subject text not null,
  reason text not null,
  payload bytea not null,
  bytes bigint not null,
  received_at timestamptz not null,
  deliveries integer not null,
  constraint dead_letter_pkey primary key (dead_letter_id),
  constraint dead_letter_message_is_parked_once unique (message_key),
  constraint dead_letter_payload_is_bounded check (octet_length(payload) <= 65536)
);
comment on table noetl.dead_letter is
'Messages with reports that cannot be recorded, and why; payload is their beginning, bytes their '
'full size.';

commit;
