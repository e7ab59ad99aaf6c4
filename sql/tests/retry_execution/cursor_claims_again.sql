-- The rows that are left are the queue's to give: after a retry the slots claim again, and what is
-- done stays done.
begin;
select plan(6);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.cursor('{"max_in_flight": 2}')))
  )
) as x \gset
select noetl_test.worker() as w \gset
create temp table held as select * from noetl_test.claim(:'w');
select noetl_test.report(:'w', :x, command_id, '{}', null, noetl_test.frame(1)) from held where iter_index = 0 \g /dev/null
select noetl_test.report(:'w', :x, command_id, '{}', '{"kind": "sql", "message": "no"}') from held where iter_index = 1 \g /dev/null
select noetl_test.tick() \g /dev/null
select is((select status::text from noetl.run where execution_id = :x), 'failed', 'a claim fails the run');
select ok(noetl.retry_execution(:x), 'taken up again');
select is((select row(done, failed, remaining_slots)::text from noetl.loop where execution_id = :x), '(1,0,2)', 'both slots live');
create temp table again as select * from noetl_test.claim(:'w');
select noetl_test.report(:'w', :x, command_id, '{}', null, noetl_test.frame(1)) from again order by iter_index limit 1 \g /dev/null
select noetl.end_session(:'w') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the run ends');
select is((select row(status, total, done)::text from noetl.loop where execution_id = :x), '(complete,2,2)', 'with all rows');
select is(
  (select count(distinct current_index) from noetl.event where execution_id = :x and event_type = 'loop.item' and status = 'ok'),
  2::bigint, 'each with an index of its own'
);

select * from finish();
rollback;
