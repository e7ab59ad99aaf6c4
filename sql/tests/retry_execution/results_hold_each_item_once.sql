-- An item that failed before the retry and is done after it reads as done, and as it was written
-- then.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(4, '{"mode": "parallel", "max_in_flight": 2}')))
  )
) as x \gset
select is(
  noetl_test.work(:x, '{"a[1]": {"error": {"kind": "http", "message": "503"}, "ctx": {"tried": 1}}}', 2),
  'failed', 'an item fails the run'
);
select noetl.retry_execution(:x);
select is(noetl_test.work(:x, '{"a": {"ctx": {"done": 1}}}'), 'completed', 'taken up again, it ends well');
select is(
  jsonb_array_length(noetl_internal.loop_results(:x, (select loop_id from noetl.loop where execution_id = :x), 0, 4) -> 'items'),
  4, 'one result per item'
);
select is(noetl_test.ctx(:x, 'tried'), null, 'what it wrote when it failed is not kept');

select * from finish();
rollback;
