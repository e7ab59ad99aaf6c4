-- Deploy noetl:schemas to pg
-- requires: roles
begin;

create schema noetl authorization noetl_owner;
create schema noetl_internal authorization noetl_owner;

set local role noetl_owner;

comment on schema noetl is 'The workflow engine: tables and API functions.';
comment on schema noetl_internal is
'Functions and types that only the API functions of schema noetl call.';

-- Without "in schema": with it PostgreSQL revokes nothing, because the default comes from the
-- global setting.
alter default privileges revoke execute on functions from public;

grant usage on schema noetl
to noetl_author, noetl_runner, noetl_operator, noetl_worker, noetl_reader;

create type noetl_internal.problem as (
  severity text,
  path text,
  message text,
  hint text
);
comment on type noetl_internal.problem is
'One finding about a playbook: severity is error, warning or info.';

commit;
