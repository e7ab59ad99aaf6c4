-- It runs with its owner's rights: whoever could change what it runs could use them.
begin;
select plan(8);
select noetl_test.playbook(
  '[{"step": "a", "tool": {"kind": "postgres", "auth": "warehouse", "command": "select 1"}}]'
) as secret \gset
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as plain \gset
select noetl.put_credential('warehouse', 'postgres', 'x');
create role test_owner login in role noetl_runner;
create role test_other login in role noetl_runner;
create role test_member login in role noetl_runner, test_owner;
insert into noetl.credential_grant (name, grantee) values ('warehouse', 'test_owner');

set local session authorization test_other;
select throws_ok(
  format($$ select noetl.put_schedule('nightly', %L, '@daily') $$, :'secret'), 'NE403', null,
  'a credential that the caller may not use'
);
set local session authorization test_owner;
select throws_ok(
  format($$ select noetl.put_schedule('nightly', %L, '@daily') $$, 'none'), 'NE404', null, 'no such playbook'
);
select lives_ok(
  format($$ select noetl.put_schedule('nightly', %L, '@daily') $$, :'secret'), 'who was granted it may'
);
set local session authorization test_other;
select throws_ok(
  format($$ select noetl.put_schedule('nightly', %L, '@daily') $$, :'plain'), 'NE403', null,
  'another role may not replace it'
);
set local session authorization test_member;
select results_eq(
  format($$ select created, changed from noetl.put_schedule('nightly', %L, '@hourly') $$, :'secret'),
  'values (false, true)', 'a member of its owner may'
);
reset session authorization;
select is((select run_as from noetl.schedule), 'test_owner', 'and it keeps its owner');
select is(
  (select cron from noetl.schedule), '@hourly', 'only what the member put is stored'
);

update noetl.schedule set run_as = 'test_nobody';
select throws_ok(
  format($$ select noetl.put_schedule('nightly', %L, '@daily') $$, :'plain'), 'NE403', null,
  'one whose owner has been dropped is nobody''s to replace'
);

select * from finish();
rollback;
