-- Who has lost a command hears so; who has lost its session is told to register again.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('make'))) as x \gset
select noetl_test.worker() as w, noetl_test.worker('w2') as v \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(noetl.stream_state(:'v', :x, :'c'), null, 'another session hears nothing');
select is(noetl.stream_state(:'w', :x + 1, :'c'), null, 'nor is there a command in another run');
select noetl_test.report(:'w', :x, :'c') \g /dev/null
select is(noetl.stream_state(:'w', :x, :'c'), null, 'a command that has ended has no stream');
select noetl.end_session(:'w') \g /dev/null
select throws_ok(format('select noetl.stream_state(%L, %s, %L)', :'w', :x, :'c'), 'NE401', null, 'an ended session is refused');
select * from finish();
rollback;
