-- A claim whose answer was lost for good must not wait for the session's end.
begin;
select plan(4);
set local noetl.test_now = '2030-01-01 00:00:00+00';
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
set local noetl.test_now = '2030-01-01 00:00:14+00';
select is(noetl.heartbeat(:'w', '{}') -> 'requeued', '0', 'a young claim may still be on its way');
set local noetl.test_now = '2030-01-01 00:00:16+00';
select is(noetl.heartbeat(:'w', '{}') -> 'requeued', '1', 'an older one is requeued');
select is((select row(issue, attempt)::text from noetl_test.claim(:'w')), '(2,1)', 'as a new issue, without counting an attempt');
select is(noetl_test.report(:'w', :x, :'c') -> 'late', '1', 'a report of the old one is late');

select * from finish();
rollback;
