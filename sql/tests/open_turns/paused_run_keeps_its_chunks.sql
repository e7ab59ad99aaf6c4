-- What comes while a run is paused is recorded, waits, and goes on in order when it is resumed.
begin;
select plan(6);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial", "set": {"ctx.n": "{{ event.chunk_index }}"}}]}}'),
    noetl_test.step('each')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', 0) \g /dev/null
select command_id as e from noetl_test.claim(:'w') \gset
select noetl.pause_execution(:x) \g /dev/null
select is(noetl_test.chunk(:'w', :x, :'c', 1) -> 'recorded', '1', 'a chunk is taken');
select is(noetl_test.ctx(:x, 'n'), '1', 'and its set written');
select is(noetl.stream_state(:'w', :x, :'c'), '{"next_chunk": 2, "room": 0}', 'then the producer has to wait');
select noetl_test.report(:'w', :x, :'e') \g /dev/null
select is(noetl_test.entered(:x), 'make each', 'nothing begins');
select noetl.resume_execution(:x) \g /dev/null
select is(noetl_test.entered(:x), 'make each each', 'it does when the run is resumed');
select noetl_test.report(:'w', :x, :'c') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'and the run ends');
select * from finish();
rollback;
