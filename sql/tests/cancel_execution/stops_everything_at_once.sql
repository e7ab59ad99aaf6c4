-- A cancelled run has no live command; running ones are told by their worker's heartbeat.
begin;
select plan(6);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "a"}, {"step": "b"}]}}'),
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(5, '{"mode": "parallel", "max_in_flight": 2}'))),
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select command_id as c from noetl_test.claim(:'w', 1) \gset
select ok(noetl.cancel_execution(:x, 'no longer needed'), 'cancelled');
select is(
  (select row(status, reason)::text from noetl.run where execution_id = :x), '(cancelled,"no longer needed")', 'with its reason'
);
select is_empty(format('select noetl_test.problems(%s)', :x), 'nothing of it is left');
select is((select row(status, done, failed, cancelled)::text from noetl.loop), '(cancelled,0,0,5)', 'cancelled is not failed');
select is(noetl_test.report(:'w', :x, :'c') -> 'late', '1', 'a report is late');
select is((select string_agg(event_type, ' ' order by event_id) from noetl.event where execution_id = :x and event_type like 'execution.%'), 'execution.cancelled', 'one event tells so');

select * from finish();
rollback;
