-- A run that fails at its tenth step for a missing credential wastes the nine before it.
begin;
select plan(3);
select noetl_test.playbook(
  '[{"step": "a", "tool": {"kind": "postgres", "auth": "warehouse", "command": "select 1"}}]'
) as path \gset
select throws_ok(format('select noetl.start_execution(%L)', :'path'), 'NE424', null, 'unknown credential');
select noetl.put_credential('warehouse', 'postgres', 'x');
select lives_ok(format('select noetl.start_execution(%L)', :'path'), 'its owner may use it');
create role test_runner login;
grant noetl_runner to test_runner;
set local session authorization test_runner;
select throws_ok(format('select noetl.start_execution(%L)', :'path'), 'NE403', null, 'another role may not');

select * from finish();
rollback;
