-- A retry concerns the loops that it has found (finish compares with the rebuilt state).
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))),
    noetl_test.step('b', jsonb_build_object('loop', noetl_test.loop(2)))
  )
) as x \gset
select is(noetl_test.work(:x, '{"a": {"error": {"message": "no"}, "times": 1}}'), 'failed', 'a step fails the run');
select noetl.retry_execution(:x);
select is(noetl_test.work(:x), 'completed', 'taken up again, it ends well');
select is((select retried_at from noetl.loop where execution_id = :x), 0::bigint, 'the loop began after the retry');

select * from finish();
rollback;
