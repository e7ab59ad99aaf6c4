-- A step that chunks and the end of their producer can both reach runs once, after the producer has
-- ended and every chunk has arrived or ended; a step that only chunks reach runs for each.
begin;
select plan(8);
create function pg_temp.run(p_more jsonb default '{}') returns bigint language sql as $$
  select noetl_test.start(
    jsonb_build_array(
      noetl_test.step('make', '{"next": {"arcs": [
        {"step": "each", "on": "call.partial", "when": "{{ event.chunk_index < 3 }}"},
        {"step": "total", "on": "call.partial", "when": "{{ event.chunk_index == 3 }}", "input": {"odd": 1}}, {"step": "total", "input": {"end": 1}}]}}'),
      noetl_test.step('each', '{"next": {"arcs": [{"step": "more", "when": "{{ event.chunk_index != 1 }}"}]}}'),
      noetl_test.step('more', '{"next": {"arcs": [{"step": "total", "input": {"chunk": 1}}]}}'),
      noetl_test.step('total', p_more)
    )
  )
$$;
-- Claim and report what is queued, p_times times one command.
create function pg_temp.work(p_session uuid, p_times integer) returns void language plpgsql as $$
begin
  for i in 1 .. p_times loop
    perform noetl_test.report(p_session, c.execution_id, c.command_id) from noetl_test.claim(p_session, 1) as c;
  end loop;
end;
$$;
select pg_temp.run() as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', i) from generate_series(0, 3) as i \g /dev/null
select is(
  (select string_agg(step || ' ' || status, ', ' order by token_id) from noetl.token where execution_id = :x),
  'make active, each active, each waiting_turn, each waiting_turn, total waiting_join', 'a chunk that leads there itself waits'
);
select is(noetl.stream_state(:'w', :x, :'c') -> 'room', '0', 'chunks at work take room');
select pg_temp.work(:'w', 5) \g /dev/null
select is(
  noetl_test.entered(:x), 'make each each more each more', 'each and more run for each chunk; total waits for the producer'
);
select is(noetl.stream_state(:'w', :x, :'c') -> 'room', '2', 'what waits at the join does not: it waits for the producer itself');
select is_empty(format('select * from noetl_test.lost_in_rebuild(%s)', :x), 'all is told');
select noetl_test.report(:'w', :x, :'c') \g /dev/null
select is((select input from noetl.command where execution_id = :x), '{"odd": 1, "chunk": 1, "end": 1}', 'then it runs, with the inputs of all');
select is(noetl_test.work(:x), 'completed', 'and once');
select pg_temp.run('{"spec": {"join": "any"}}') as y \gset
select noetl_test.work(:y, '{"make": {"chunks": [0, 1, 2, 3]}}') \g /dev/null
select is((select visit_count from noetl.variable where execution_id = :y and name = 'total'), 4, 'join: any runs it for each arrival');
select * from finish();
rollback;
