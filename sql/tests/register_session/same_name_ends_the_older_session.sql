-- A restart resumes in seconds: what the dead process held is queued again at once.
begin;
select plan(8);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker('one') as w \gset
select noetl_test.worker('two') as o \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.worker('one') as v \gset
select isnt(:'v'::uuid, :'w'::uuid, 'a fresh session');
select is((select status from noetl.runtime where session_id = :'w'), 'ended', 'the older one has ended');
select is((select status from noetl.runtime where session_id = :'o'), 'active', 'another name''s is left alone');
select is((select row(issue, attempt)::text from noetl_test.claim(:'v')), '(2,2)', 'the command is there again, an attempt counted');
select throws_ok(format('select noetl.heartbeat(%L, %L)', :'w', '{}'), 'NE410', null, 'the older process is told to stop');
select noetl.end_session(:'v') \gset ended_
select throws_ok(format('select noetl.heartbeat(%L, %L)', :'w', '{}'), 'NE401', null, 'the name is free: it may register again');
select throws_ok($$ select noetl.register_session('', '{default}') $$, 'NE422', null, 'a name is needed');
select throws_ok($$ select noetl.register_session('w', '{}') $$, 'NE422', null, 'and a pool');

select * from finish();
rollback;
