-- Deploy noetl:api_token to pg
-- requires: schemas
begin;

set local role noetl_owner;

create table noetl.api_token (
  token_hash bytea not null,
  name text not null,
  scopes text[] not null,
  created_by name not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  constraint api_token_pkey primary key (token_hash),
  constraint api_token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint api_token_scopes_are_known check (
    cardinality(scopes) > 0 and scopes <@ array['worker', 'operator', 'reader']
  )
);
comment on table noetl.api_token is
'Tokens of the HTTP API, by the hash of each. Primary data: no event tells it.';
comment on column noetl.api_token.last_used_at is 'To the minute.';

create unique index uidx_api_token_live_name on noetl.api_token (name)
where revoked_at is null;

commit;
