-- What a later failure of the run leaves to be repeated does not change what has ended.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('items', jsonb_build_object(
      'loop', noetl_test.loop(3, '{"mode": "parallel", "policy": "best_effort"}'), 'next', noetl_test.next('after')
    )),
    noetl_test.step('after')
  )
) as x \gset
select is(
  noetl_test.work(:x, '{"items[1]": {"error": {"message": "no"}}, "after": {"error": {"message": "no"}}}'), 'failed',
  'the step after the loop fails'
);
select noetl.retry_execution(:x) \g /dev/null
select results_eq(
  format('select done, failed, cancelled, status::text from noetl.loop where execution_id = %s', :x),
  $$ values (2, 1, 0, 'partial') $$, 'the loop stands as it ended'
);
select is(noetl_test.work(:x), 'completed', 'the run completes');

select * from finish();
rollback;
