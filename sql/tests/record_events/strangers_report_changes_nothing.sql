-- The fence is (command, issue number, session).
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as x \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('a'))) as y \gset
select noetl_test.worker() as w \gset
select noetl_test.worker('other') as o \gset
select command_id as c from noetl_test.claim(:'w') where execution_id = :x \gset
select is(noetl_test.report(:'o', :x, :'c') -> 'late', '1', 'another session');
select is(noetl_test.report(:'w', :y, :'c') -> 'late', '1', 'another run');
select is(noetl_test.report(:'w', 12345, :'c') -> 'late', '1', 'a run that does not exist');
select is((select status from noetl.run where execution_id = :x), 'running', 'the run is as it was');

select * from finish();
rollback;
