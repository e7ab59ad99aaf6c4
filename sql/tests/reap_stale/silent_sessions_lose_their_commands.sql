-- A worker that went silent must not keep work; coming back, it changes nothing.
begin;
select plan(6);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
set local noetl.test_now = '2030-01-01 00:05:00+00';
select is(noetl.reap_stale(), 0, 'P0.4-1: within the timeout nothing happens');
set local noetl.test_now = '2030-01-01 00:05:01+00';
select is(noetl.reap_stale(), 1, 'P0.4-1: after it the command is issued again');
select is(noetl.reap_stale(), 0, 'again: nothing left to do');
select is(noetl_test.report(:'w', :x, :'c') -> 'late', '1', 'P0.4-3: the first worker, coming back, changes nothing');
select is((select status from noetl.run where execution_id = :x), 'running', 'P0.4-3: the run waits for the second');
select is(noetl_test.work(:x), 'completed', 'which completes it');

select * from finish();
rollback;
