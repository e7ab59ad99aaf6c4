-- Back-pressure: twice as many chunks as may be at work at once, counted where there is least room;
-- any number when nobody wants them.
begin;
select plan(7);
select noetl_test.worker() as w \gset
select noetl_test.start(jsonb_build_array(noetl_test.step('make'))) as free \gset
select command_id as f from noetl_test.claim(:'w') \gset
select is(noetl.stream_state(:'w', :free, :'f'), '{"next_chunk": 0, "room": null}', 'no arc: no limit');
select noetl_test.chunk(:'w', :free, :'f', 0) \g /dev/null
select is(noetl.stream_state(:'w', :free, :'f'), '{"next_chunk": 1, "room": null}', 'chunks are recorded all the same');

select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [
      {"step": "slow", "on": "call.partial"},
      {"step": "fast", "on": "call.partial", "spec": {"mode": "parallel", "max_in_flight": 3}},
      {"step": "wide", "on": "call.partial", "spec": {"mode": "parallel"}}]}}'),
    noetl_test.step('slow'), noetl_test.step('fast'), noetl_test.step('wide')
  )
) as x \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(noetl.stream_state(:'w', :x, :'c'), '{"next_chunk": 0, "room": 2}', 'the step with the least room counts');
select noetl_test.chunk(:'w', :x, :'c', i) from generate_series(0, 2) as i \g /dev/null
select is(noetl.stream_state(:'w', :x, :'c') -> 'room', '0', 'never less than none');
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') where step = 'slow' \g /dev/null
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') where step = 'slow' \g /dev/null
select is(noetl.stream_state(:'w', :x, :'c') -> 'room', '1', 'what has ended makes room');
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') where step = 'slow' \g /dev/null
select is(noetl.stream_state(:'w', :x, :'c') -> 'room', '2', 'up to the whole');
select noetl_test.report(:'w', :x, command_id) from noetl.command where execution_id = :x and status = 'leased' \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the run ends');
select * from finish();
rollback;
