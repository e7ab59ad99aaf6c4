-- The step that failed runs again; those before it do not, and branches that were stopped go on.
begin;
select plan(6);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('s', jsonb_build_object('next', noetl_test.next('a', 'b') || '{"spec": {"mode": "inclusive"}}')),
    noetl_test.step('a', jsonb_build_object('next', noetl_test.next('j'))),
    noetl_test.step('b', jsonb_build_object('next', noetl_test.next('j'))),
    noetl_test.step('j')
  )
) as x \gset
select is(noetl_test.work(:x, '{"b": {"error": {"kind": "sql", "message": "no"}, "times": 1}}'), 'failed', 'it fails');
select ok(noetl.retry_execution(:x), 'retried');
select ok(not noetl.retry_execution(:x), 'it runs already');
select is(noetl_test.work(:x), 'completed', 'it ends');
select is(noetl_test.entered(:x), 's a b b j', 'only the failed step was entered again, the join fired once');
select is((select error from noetl.run where execution_id = :x), null, 'no error is left');

select * from finish();
rollback;
