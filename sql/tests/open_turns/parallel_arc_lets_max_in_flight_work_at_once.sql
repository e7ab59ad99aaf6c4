-- In mode parallel as many chunks as said are at work; whichever ends lets the next one in.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial", "spec": {"mode": "parallel", "max_in_flight": 2}}]}}'),
    noetl_test.step('each')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
create function pg_temp.stand() returns text language sql as $$
  select string_agg(coalesce(t.input #>> '{_partial,chunk_index}', '-') || ' ' || t.status, ', ' order by t.token_id)
  from noetl.token as t where t.step = 'each'
$$;
select noetl_test.chunk(:'w', :x, :'c', i) from generate_series(0, 3) as i \g /dev/null
select is(pg_temp.stand(), '0 active, 1 active, 2 waiting_turn, 3 waiting_turn', 'two are at work');
select is(noetl.stream_state(:'w', :x, :'c') -> 'room', '0', 'and two more may wait');
select noetl_test.claim(:'w') \g /dev/null
select noetl_test.report(:'w', :x, command_id) from noetl.command where execution_id = :x and (input #>> '{_partial,chunk_index}')::integer = 1 \g /dev/null
select is(pg_temp.stand(), '0 active, 2 active, 3 waiting_turn', 'the second ends: the third begins');
select is_empty(format('select * from noetl_test.lost_in_rebuild(%s)', :x), 'all is told');
select noetl_test.report(:'w', :x, command_id) from noetl.command where execution_id = :x and status = 'leased' \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the run ends');
select * from finish();
rollback;
