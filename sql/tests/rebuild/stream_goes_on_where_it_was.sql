-- In the middle of a stream all state but the events is lost: its tokens, their order, the split and
-- the producer's command come back, and the worker that holds it reports on.
begin;
select plan(6);
-- Claim and report what is queued, p_times times one command.
create function pg_temp.work(p_session uuid, p_times integer) returns void language plpgsql as $$
begin
  for i in 1 .. p_times loop
    perform noetl_test.report(p_session, c.execution_id, c.command_id) from noetl_test.claim(p_session, 1) as c;
  end loop;
end;
$$;
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [
      {"step": "each", "on": "call.partial", "input": {"n": "{{ output.data }}"}, "set": {"ctx.n": "{{ output.data }}", "ctx.m": {"k": "{{ output.data }}"}}},
      {"step": "total"}]}}'),
    noetl_test.step('each', '{"loop": {"in": [1, 2], "iterator": "i"}, "next": {"arcs": [{"step": "total"}]}}'),
    noetl_test.step('total')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', i, to_jsonb(i + 10)) from generate_series(0, 2) as i \g /dev/null
select pg_temp.work(:'w', 2) \g /dev/null
select noetl_test.claim(:'w') \g /dev/null
select is(
  (select string_agg(step || ' ' || status, ', ' order by token_id) from noetl.token where execution_id = :x),
  'make active, each active, each waiting_turn, total waiting_join', 'the run is in the middle'
);
select is_empty(format('select * from noetl_test.lost_in_rebuild(%s)', :x), 'it can be rebuilt');
delete from noetl.token where execution_id = :x;
delete from noetl.command where execution_id = :x;
delete from noetl.variable where execution_id = :x;
delete from noetl.run where execution_id = :x;
select noetl.rebuild(:x) \g /dev/null
select is(noetl.stream_state(:'w', :x, :'c'), '{"next_chunk": 3, "room": 0}', 'the stream is known again');
select noetl_test.chunk(:'w', :x, :'c', 3, '13'), noetl_test.report(:'w', :x, :'c') \g /dev/null
select is(noetl_test.work(:x), 'running', 'the worker''s own items are still leased');
select noetl_test.report(:'w', :x, command_id) from noetl.command where execution_id = :x \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the run ends');
select is(noetl_test.entered(:x), 'make each each each each total', 'each chunk was handled once, and they met once');
select * from finish();
rollback;
