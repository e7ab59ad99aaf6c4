-- Arcs of chunks do not exclude each other, whatever the mode of the others; a chunk that none
-- wants is recorded and makes no token.
begin;
select plan(4);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [
      {"step": "even", "on": "call.partial", "when": "{{ event.chunk_index % 2 == 0 and event.name == ''call.partial'' }}"},
      {"step": "big", "on": "call.partial", "when": "{{ output.data.n > 5 and output.status == ''ok'' and result.n > 5 }}"},
      {"step": "rest", "on": "call.partial", "when": "{{ not event.has_more }}", "input": {"all": "{{ output.data }}"}}]}}'),
    noetl_test.step('even'), noetl_test.step('big'), noetl_test.step('rest')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
create function pg_temp.got(p_index integer) returns text language sql as $$
  select string_agg(t.step, ' ' order by t.token_id) from noetl.token as t
  where (t.input #>> '{_partial,chunk_index}')::integer = p_index
$$;
select noetl_test.chunk(:'w', :x, :'c', i, jsonb_build_object('n', i * 3)) from generate_series(0, 3) as i \g /dev/null
select noetl_test.chunk(:'w', :x, :'c', 4, '{"n": 1}', '{"meta": {"chunk_index": 4, "has_more": false}}') \g /dev/null
select is(
  array(select pg_temp.got(i) from generate_series(0, 4) as i), array['even', null, 'even big', 'big', 'even rest'],
  'each arc decides for itself'
);
select is((select input -> 'all' from noetl.token where execution_id = :x and step = 'rest'), '{"n": 1}', 'the chunk itself can be the input');
select is_empty(format('select * from noetl_test.lost_in_rebuild(%s)', :x), 'and all is told');
select noetl_test.report(:'w', :x, :'c') \g /dev/null
select is(noetl_test.work(:x), 'completed', 'the run ends');
select * from finish();
rollback;
