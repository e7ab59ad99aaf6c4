-- A collection that SQL cannot see is collected by a worker and then runs like any other.
begin;
select plan(7);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))),
    noetl_test.step('b', '{"loop": {"in": "{{ a.rows }}", "iterator": "row", "spec": {"mode": "parallel"}}}')
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.worker('other') as o \gset
select noetl_test.report(
  :'w', :x, command_id, '{}', null,
  '{"result": {"status": "ok", "reference": {"ref": "noetl://1/result/1", "store": "pvc"}, "context": {}}}'
) from noetl_test.claim(:'w') \g /dev/null
select command_id as c, task from noetl_test.claim(:'w') \gset
select is(:'task'::text, 'collect', 'a worker is asked to collect');
select throws_ok(format('select noetl.store_items(%L, %s, %L, 0, %L)', :'o', :x, :'c', '[1]'), 'NE403', null, 'only the holder may store');
select throws_ok(format('select noetl.store_items(%L, %s, %L, 7, %L)', :'w', :x, :'c', '[1]'), 'NE422', null, 'chunks are aligned');
select throws_ok(format('select noetl.store_items(%L, %s, %L, 0, %L)', :'w', :x, :'c', '{}'), 'NE422', null, 'a chunk is a list');
select is(noetl.store_items(:'w', :x, :'c', 0, '["x", null, "z"]'), 3, 'stored');
select noetl.store_items(:'w', :x, :'c', 0, '["x", null, "z"]');
select noetl_test.report(:'w', :x, :'c', '{}', null, '{"collection": {"size": 3}}');
select is(
  (select jsonb_agg(item order by iter_index) from noetl_test.claim(:'w')), '["x", null, "z"]', 'each item is issued with its value'
);
select noetl.end_session(:'w');
select is(noetl_test.work(:x), 'completed', 'the run completes');

select * from finish();
rollback;
