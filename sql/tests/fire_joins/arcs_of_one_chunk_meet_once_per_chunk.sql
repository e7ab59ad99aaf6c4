-- Two arcs take the same chunk and lead to one step: it runs once for each chunk, without waiting
-- for the end of the stream; a stream inside a branch of a split meets before that split does.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('split', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "make"}, {"step": "side"}]}}'),
    noetl_test.step('make', '{"next": {"arcs": [
      {"step": "a", "on": "call.partial", "spec": {"mode": "parallel"}},
      {"step": "b", "on": "call.partial", "spec": {"mode": "parallel"}}, {"step": "total"}]}}'),
    noetl_test.step('a', '{"next": {"arcs": [{"step": "both", "input": {"a": "{{ event.chunk_index }}"}}]}}'),
    noetl_test.step('b', '{"next": {"arcs": [{"step": "both", "input": {"b": "{{ event.chunk_index }}"}}]}}'),
    noetl_test.step('both', jsonb_build_object('next', noetl_test.next('total'))),
    noetl_test.step('total', jsonb_build_object('next', noetl_test.next('end'))),
    noetl_test.step('side', jsonb_build_object('next', noetl_test.next('end'))),
    noetl_test.step('end')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select max(command_id) filter (where step = 'make') as c, max(command_id) filter (where step = 'side') as s from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', 0), noetl_test.chunk(:'w', :x, :'c', 1), noetl_test.report(:'w', :x, :'s') \g /dev/null
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') where (input #>> '{_partial,chunk_index}')::integer = 1 \g /dev/null
select is((select jsonb_agg(input) from noetl.command where execution_id = :x and step = 'both'), '[{"a": 1, "b": 1}]', 'both arcs of chunk 1 have arrived: it runs');
select is_empty(format('select * from noetl_test.lost_in_rebuild(%s)', :x), 'all is told');
select noetl_test.report(:'w', :x, command_id) from noetl.command where execution_id = :x and status = 'leased' and command_id <> :'c' \g /dev/null
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select is(noetl_test.entered(:x), 'split make side a b a b both both', 'once for each chunk');
select noetl_test.report(:'w', :x, :'c') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the run ends');
select is(right(noetl_test.entered(:x), 19), 'both both total end', 'the stream has met once, then the split');
select * from finish();
rollback;
