-- The answer is lost and the report comes again, or the worker is, and the next attempt begins with
-- chunk 0: what was recorded is not delivered again.
begin;
select plan(9);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial", "set": {"ctx.sum": "{{ (ctx.sum | default(0)) + output.data.n }}"}}]}}'),
    noetl_test.step('each')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', 0, '{"n": 1}'), noetl_test.chunk(:'w', :x, :'c', 1, '{"n": 2}') \g /dev/null
select is(
  noetl_test.chunk(:'w', :x, :'c', 1, '{"n": 40}') - array['advance', 'count', 'retry', 'rejected'],
  jsonb_build_object('recorded', 0, 'late', 1, 'streams', jsonb_build_object(:'c', '{"next_chunk": 2, "room": 0}'::jsonb)),
  'a repeat is late, and hears which chunk comes next'
);
select is(
  noetl.record_events(jsonb_build_array(
    noetl_test.chunk_event(:'w', :x, :'c', 2, '{"n": 4}'), noetl_test.chunk_event(:'w', :x, :'c', 2, '{"n": 5}')
  )) -> 'recorded', '1', 'within a batch too'
);
select is(noetl_test.ctx(:x, 'sum'), '7', 'each was handed on once');
select is(noetl_test.count(:x, 'call.partial'), 3, 'and is one event');

select noetl_test.worker() as v \gset
select command_id as d from noetl_test.claim(:'v') where step = 'make' \gset
select isnt(:'c'::text, :'d', 'the worker starts anew: the next attempt is another command');
select is(noetl.stream_state(:'v', :x, :'d') -> 'next_chunk', '3', 'which may leave out what was recorded');
select is(noetl_test.chunk(:'v', :x, :'d', 0, '{"n": 1}') -> 'late', '1', 'and reports it in vain');
select is(noetl_test.chunk(:'v', :x, :'d', 3, '{"n": 8}') -> 'recorded', '1', 'what is new counts');
select is(
  (select array_agg(input #> '{_partial,chunk_index}' order by token_id) from noetl.token where execution_id = :x and step = 'each'),
  '{0,1,2,3}'::jsonb[], 'there is one token for each chunk'
);

select * from finish();
rollback;
