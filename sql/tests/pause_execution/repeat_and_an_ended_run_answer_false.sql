-- An operator who is not sure whether it went through calls it again.
begin;
select plan(5);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select ok(noetl.pause_execution(:x), 'the first does it');
select ok(not noetl.pause_execution(:x), 'the second finds it so');
select is(noetl_test.count(:x, 'execution.paused'), 1, 'told once');
select noetl.cancel_execution(:x) \g /dev/null
select ok(not noetl.pause_execution(:x), 'an ended run cannot be paused');
select noetl_test.tick() \g /dev/null
select is((select status from noetl.execution_status(:x)), 'cancelled', 'and is not shown so');

select * from finish();
rollback;
