-- A failing or cancelled run makes no new tokens; a chunk that it did not take is not recorded
-- either, so that after retry_execution the stream goes on with it.
begin;
select plan(8);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('split', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "make"}, {"step": "bad"}]}}'),
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial"}]}}'),
    noetl_test.step('each'), noetl_test.step('bad')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select max(command_id) filter (where step = 'make') as c, max(command_id) filter (where step = 'bad') as b from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', 0), noetl_test.report(:'w', :x, :'b', '{}', '{"message": "no"}') \g /dev/null
select is((select status from noetl.run where execution_id = :x), 'failing', 'the run is failing');
select is(
  noetl_test.chunk(:'w', :x, :'c', 1) - array['advance', 'count', 'retry', 'rejected'],
  jsonb_build_object('recorded', 0, 'late', 1, 'streams', jsonb_build_object(:'c', '{"next_chunk": 1, "room": 0}'::jsonb)),
  'a chunk is late, and there is no room for it'
);
select noetl_test.tick();
select is(noetl.stream_state(:'w', :x, :'c'), null, 'after the sweep the command is nobody''s');
select is(noetl_test.chunk(:'w', :x, :'c', 1) -> 'late', '1', 'and the chunk still late');

select noetl.retry_execution(:x) \g /dev/null
select command_id as d from noetl_test.claim(:'w') where step = 'make' \gset
select is(noetl.stream_state(:'w', :x, :'d'), '{"next_chunk": 1, "room": 1}', 'tried again, the stream goes on where it was');
select noetl_test.chunk(:'w', :x, :'d', 1), noetl_test.report(:'w', :x, :'d'), noetl.end_session(:'w') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'and the run ends');
select is(
  (select array_agg(meta -> 'chunk_index' order by event_id) from noetl.event where execution_id = :x and event_type = 'call.partial'),
  '{0,1}'::jsonb[], 'with every chunk once'
);
select is((select visit_count from noetl.variable where execution_id = :x and name = 'each'), 2, 'handled once each');

select * from finish();
rollback;
