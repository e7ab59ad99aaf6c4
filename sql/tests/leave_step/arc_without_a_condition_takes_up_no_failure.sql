-- A failed step whose next is a plain arc must fail the run, not go on as if all were well.
begin;
select plan(2);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))), noetl_test.step('b'))
) as x \gset
select is(noetl_test.work(:x, '{"a": {"error": {"message": "no"}}}'), 'failed', 'the run failed');
select is(noetl_test.entered(:x), 'a', 'b was not entered');

select * from finish();
rollback;
