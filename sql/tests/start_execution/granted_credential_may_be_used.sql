-- Credentials are granted to roles; members of the role may start what uses them.
begin;
select plan(1);
select noetl_test.playbook(
  '[{"step": "a", "tool": {"kind": "postgres", "auth": "warehouse", "command": "select 1"}}]'
) as path \gset
select noetl.put_credential('warehouse', 'postgres', 'x');
create role test_runner login;
grant noetl_runner to test_runner;
insert into noetl.credential_grant (name, grantee) values ('warehouse', 'noetl_runner');
set local session authorization test_runner;
select lives_ok(format('select noetl.start_execution(%L)', :'path'), 'a member of the granted role may start');

select * from finish();
rollback;
