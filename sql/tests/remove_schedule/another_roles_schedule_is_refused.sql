-- Pausing, resuming and removing: the owner's and an operator's business.
begin;
select plan(14);
select noetl_test.playbook(jsonb_build_array(noetl_test.step('a'))) as path \gset
create role test_owner login in role noetl_runner;
create role test_other login in role noetl_runner;
create role test_operator login in role noetl_operator;
set local session authorization test_owner;
select noetl.put_schedule('mine', :'path', '@daily');
select noetl.put_schedule('resting', :'path', '@daily', 'UTC', '{}', '{"is_active": false}');

set local session authorization test_other;
select throws_ok($$ select noetl.pause_schedule('mine') $$, 'NE403', null, 'another role may not pause it');
select throws_ok($$ select noetl.resume_schedule('resting') $$, 'NE403', null, 'nor resume it');
select throws_ok($$ select noetl.remove_schedule('mine') $$, 'NE403', null, 'nor remove it');
select throws_ok($$ select noetl.pause_schedule('none') $$, 'NE404', null, 'none to pause');
select throws_ok($$ select noetl.resume_schedule('none') $$, 'NE404', null, 'none to resume');

set local session authorization test_operator;
select ok(noetl.pause_schedule('mine'), 'an operator may pause it');
select ok(noetl.resume_schedule('mine'), 'and resume it');
select ok(noetl.remove_schedule('resting'), 'and remove it');

set local session authorization test_owner;
select ok(noetl.pause_schedule('mine'), 'its owner may pause it');
select ok(noetl.resume_schedule('mine'), 'and resume it');
select ok(noetl.remove_schedule('mine'), 'and remove it');

select noetl.put_schedule('mine', :'path', '@daily');
reset session authorization;
update noetl.schedule set run_as = 'test_nobody';
set local session authorization test_owner;
select throws_ok($$ select noetl.remove_schedule('mine') $$, 'NE403', null, 'not its owner any more');
set local session authorization test_operator;
select ok(noetl.pause_schedule('mine'), 'of one whose owner has been dropped an operator takes care');
select ok(noetl.remove_schedule('mine'), 'to the end');

select * from finish();
rollback;
