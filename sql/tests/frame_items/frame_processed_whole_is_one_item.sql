-- process: frame runs the pipeline once for all rows of a claim: the frame is the item.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(noetl_test.step('a', jsonb_build_object(
    'loop', noetl_test.cursor('{"max_in_flight": 1, "frame": {"max_rows": 50, "process": "frame"}}')
  )))
) as x \gset
select is(
  noetl_test.work(:x, jsonb_build_object('a[0]', noetl_test.frame(1), 'a[1]', noetl_test.frame(1))), 'completed', 'the run ends'
);
select is(
  (select row(total, done)::text from noetl.loop where execution_id = :x), '(2,2)', 'frames are counted'
);
select is(
  (select string_agg(current_index::text, ' ' order by event_id) from noetl.event where execution_id = :x and event_type = 'loop.item'), '0 1',
  'their indexes have no gaps'
);

select * from finish();
rollback;
