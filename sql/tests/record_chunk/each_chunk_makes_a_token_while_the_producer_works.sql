-- A step wired on: call.partial receives each chunk as it arrives; the producer goes on, and only
-- its own end lets the other arcs fire.
begin;
select plan(9);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [
      {"step": "each", "on": "call.partial", "input": {"n": "{{ output.data.n }}", "i": "{{ event.chunk_index }}"}},
      {"step": "last"}]}}'),
    noetl_test.step('each'),
    noetl_test.step('last')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(
  noetl_test.chunk(:'w', :x, :'c', 0, '{"n": 7}') - array['advance', 'count'],
  jsonb_build_object('recorded', 1, 'late', 0, 'retry', '[]'::jsonb, 'rejected', '[]'::jsonb,
    'streams', jsonb_build_object(:'c', '{"next_chunk": 1, "room": 1}'::jsonb)),
  'the answer says which chunk may come next, and how many'
);
select results_eq(
  format($$select status, meta - 'command_id', result -> 'context' from noetl.event
    where execution_id = %s and event_type = 'call.partial'$$, :x),
  $$values ('ok', '{"token_id": 1, "chunk_index": 0, "has_more": true, "split_id": 1}'::jsonb, '{"data": {"n": 7}}'::jsonb)$$,
  'P5.2-1: the chunk is an event of its own with its index'
);
select is(noetl_test.entered(:x), 'make each', 'P5.2-2: its step is entered at once');
select is(
  (select input #- '{_partial,result}' from noetl_test.claim(:'w')),
  '{"n": 7, "i": 0, "_partial": {"token_id": 1, "chunk_index": 0, "has_more": true, "max_in_flight": 1}}',
  'with the input of the arc and what is known of the chunk'
);
select is(
  (select string_agg(step || ' ' || status, ', ' order by token_id) from noetl.token where execution_id = :x),
  'make active, each active', 'P5.2-3: the producer is still at work, and no other arc has fired'
);
select is_empty(format('select * from noetl_test.lost_in_rebuild(%s)', :x), 'the events tell all of it');
select noetl_test.report(:'w', :x, command_id) from noetl.command where execution_id = :x and step = 'each' \g /dev/null
select is(noetl_test.entered(:x), 'make each', 'P5.2-3: a chunk that is done does not end the producer');
select noetl_test.report(:'w', :x, :'c') \g /dev/null
select is(noetl_test.entered(:x), 'make each last', 'P5.2-3: call.done does');
select is(noetl_test.work(:x), 'completed', 'and the run ends');

select * from finish();
rollback;
