-- A loop that goes on would read as expanding, and still so when it is cancelled.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('items', jsonb_build_object('loop', noetl_test.loop(3))))
) as x \gset
select is(noetl_test.work(:x, '{"items": {"error": {"message": "no"}}}'), 'failed', 'the loop fails');
select noetl.retry_execution(:x) \g /dev/null
select is_empty(
  format($$ select from noetl.variable where execution_id = %s and scope = 'step' $$, :x), 'nobody can read how'
);
select noetl.cancel_execution(:x) \g /dev/null
select is_empty(format('select noetl_test.lost_in_rebuild(%s)', :x), 'its events tell all that it is');
select noetl.retry_execution(:x) \g /dev/null
select is(noetl_test.work(:x), 'completed', 'it can be taken up once more');

select * from finish();
rollback;
