-- The default policy: nothing more runs after a failed item.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(10, '{"mode": "parallel", "max_in_flight": 3}')))
  )
) as x \gset
select is(
  noetl_test.work(:x, '{"a[1]": {"error": {"kind": "sql", "message": "boom"}}}', 3), 'failed', 'the run failed'
);
select is(
  (select row(done, failed, cancelled)::text from noetl.loop where execution_id = :x), '(2,1,7)', 'the rest is cancelled, not failed'
);
select is(
  (select error ->> 'message' from noetl.run where execution_id = :x), '1 of 10 items failed; item 1: boom',
  'the error says which item and why'
);
select is_empty(format('select noetl_test.problems(%s)', :x), 'nothing is left');

select * from finish();
rollback;
