-- A chunk's step fails the run in the middle of a stream: tried again, that chunk is handled, those
-- behind it keep their order, and the producer goes on after what it has delivered.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial"}, {"step": "total"}]}}'),
    noetl_test.step('each', '{"next": {"arcs": [{"step": "total", "set": {"ctx.order": "{{ (ctx.order | default([])) + [event.chunk_index] }}"}}]}}'),
    noetl_test.step('total')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', i) from generate_series(0, 2) as i \g /dev/null
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select noetl_test.report(:'w', :x, command_id, '{}', '{"message": "no"}') from noetl_test.claim(:'w') \g /dev/null
select noetl_test.tick();
select is((select status from noetl.run where execution_id = :x), 'failed', 'chunk 1 has failed the run');
select noetl.retry_execution(:x) \g /dev/null
select is(
  (select string_agg(step || ' ' || status, ', ' order by token_id) from noetl.token where execution_id = :x),
  'make active, each active, each waiting_turn, total waiting_join', 'it lives again, and the next one waits for it'
);
select is(noetl_test.work(:x, '{"make": {"chunks": [0, 1, 2, 3]}}'), 'completed', 'all is handled');
select is(noetl_test.ctx(:x, 'order'), '[0, 1, 2, 3]', 'in order and once');
select is(
  (select visit_count from noetl.variable where execution_id = :x and name = 'total'), 1, 'and the stream meets once'
);
select * from finish();
rollback;
