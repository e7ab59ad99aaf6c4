-- Order is what the receiver relies on: chunk 2 before chunk 1 is a fault of the sender.
begin;
select plan(4);
select noetl_test.start(jsonb_build_array(noetl_test.step('make'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(noetl_test.chunk(:'w', :x, :'c', 1) #>> '{rejected,0,sqlstate}', 'NE422', 'chunk 1 is not the first');
select is(
  noetl.record_events(jsonb_build_array(
    noetl_test.chunk_event(:'w', :x, :'c', 2), noetl_test.chunk_event(:'w', :x, :'c', 0), noetl_test.chunk_event(:'w', :x, :'c', 1)
  )) -> 'recorded', '3', 'within a batch they are put in order'
);
select is(
  noetl.record_events(jsonb_build_array(
    noetl_test.chunk_event(:'w', :x, :'c', 4), noetl_test.event(:'w', :x, :'c')
  )) - array['advance', 'count', 'retry', 'streams'] #- '{rejected,0,message}',
  '{"recorded": 1, "late": 0, "rejected": [{"index": 0, "sqlstate": "NE422"}]}',
  'a gap is refused alone: the report beside it counts'
);
select is((select status from noetl.run where execution_id = :x), 'completed', 'and the run ends');

select * from finish();
rollback;
