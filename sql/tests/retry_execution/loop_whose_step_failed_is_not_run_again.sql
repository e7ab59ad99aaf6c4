-- All items are done, but the step's own arcs failed: the items must not run again.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.loop(3), 'next', '{"arcs": [{"step": "b", "set": {"ctx.n": "{{ signals.go.n + 1 }}"}}]}'::jsonb
    )),
    noetl_test.step('b')
  )
) as x \gset
select is(noetl_test.work(:x), 'failed', 'the arc reads what is not there');
select is((select error ->> 'code' from noetl.run where execution_id = :x), 'NE461', 'that is the error');
-- Nothing can be sent to an ended run, so the second try fails as the first did.
select noetl.retry_execution(:x) \g /dev/null
select is(noetl_test.work(:x), 'failed', 'the same arc, the same error');
select is(noetl_test.count(:x, 'loop.item'), 3, 'no item ran again');

select * from finish();
rollback;
