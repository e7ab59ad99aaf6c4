-- Workers tick, and may start what they like; a schedule starts only what its owner may.
begin;
select plan(10);
set local noetl.test_now = '2026-07-01 00:10:00+00';
select noetl_test.playbook(
  '[{"step": "a", "tool": {"kind": "postgres", "auth": "rights", "command": "select 1"}}]'
) as path \gset
create role rights_admin login in role noetl_author;
create role rights_owner login in role noetl_runner;
create role rights_worker login in role noetl_worker;
set local session authorization rights_admin;
select noetl.put_credential('rights', 'postgres', 'x');
reset session authorization;
insert into noetl.credential_grant (name, grantee) values ('rights', 'rights_owner');
set local session authorization rights_owner;
select noetl.put_schedule('one', :'path', '* * * * *');

set local session authorization rights_worker;
select throws_ok(
  format('select noetl.start_execution(%L)', :'path'), 'NE403', null, 'the worker itself may not start it'
);
set local noetl.test_now = '2026-07-01 00:11:00+00';
select is(noetl.fire_schedules(), 1, 'but it ticks');
reset session authorization;
select is((select last_error from noetl.schedule), null, 'the run starts, as its owner may use the credential');
select is((select started_by from noetl.run), 'rights_owner', 'it is the owner''s');
select is(
  (select meta ->> 'started_by' from noetl.event where event_type = 'playbook.initialized'), 'rights_owner',
  'the log says so'
);

delete from noetl.credential_grant;
set local noetl.test_now = '2026-07-01 00:12:00+00';
select noetl.fire_schedules();
select is(
  (select last_error ->> 'code' from noetl.schedule), 'NE403', 'without the grant it does not start any more'
);

insert into noetl.credential_grant (name, grantee) values ('rights', 'rights_owner');
revoke noetl_runner from rights_owner;
set local noetl.test_now = '2026-07-01 00:13:00+00';
select noetl.fire_schedules();
select is(
  (select last_error ->> 'code' from noetl.schedule), 'NE403', 'nor when the owner may not start playbooks any more'
);

drop role rights_owner;
set local noetl.test_now = '2026-07-01 00:14:00+00';
select noetl.fire_schedules();
select is(
  (select last_error ->> 'code' from noetl.schedule), 'NE403', 'nor when there is no such role any more'
);
select is((select count(*) from noetl.run), 1::bigint, 'one run in all');
select ok((select is_active from noetl.schedule), 'it goes on trying at its times');

select * from finish();
rollback;
