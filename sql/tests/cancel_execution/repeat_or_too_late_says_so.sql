-- Called again it says that there was nothing to do.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select noetl.cancel_execution(:x);
select ok(not noetl.cancel_execution(:x), 'already cancelled');
select is((select status from noetl.run where execution_id = :y), 'running', 'another run goes on');
select noetl_test.work(:y);
select ok(not noetl.cancel_execution(:y), 'already completed');
select throws_ok('select noetl.cancel_execution(5)', 'NE404', null, 'an unknown run is refused');

select * from finish();
rollback;
