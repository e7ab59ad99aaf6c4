-- Its end took the pause away, as everybody sees; taken up again it must not stand still.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl.pause_execution(:x) \g /dev/null
select noetl.cancel_execution(:x) \g /dev/null
select ok(noetl.retry_execution(:x), 'taken up again');
select is((select status from noetl.execution_status(:x)), 'running', 'it runs');
select ok(not noetl.resume_execution(:x), 'there is no pause to end');
select is(noetl_test.work(:x), 'completed', 'it goes on by itself');

select * from finish();
rollback;
