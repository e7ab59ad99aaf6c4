-- An ended session never revives.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(noetl.end_session(:'w'), 1, 'one command handed back');
select is(noetl.end_session(:'w'), 0, 'again: nothing');
select is(noetl_test.report(:'w', :x, :'c') -> 'late', '1', 'its reports are late');
select throws_ok(format('select noetl.heartbeat(%L, %L)', :'w', '{}'), 'NE401', null, 'it does not revive');

select * from finish();
rollback;
