-- A million rows in a store are not copied into the database to loop over them.
begin;
select plan(9);
select noetl_test.start(jsonb_build_array(
  noetl_test.step('a', jsonb_build_object('next', noetl_test.next('b'))),
  noetl_test.step('b', '{"loop": {"in": "{{ a.rows }}", "iterator": "row", "spec": {"mode": "parallel"}}}'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select ref from noetl.record_results(:'w', jsonb_build_array(jsonb_build_object('execution_id', :x, 'command_id', :'c', 'step', 'a',
  'name', 'result', 'store_tier', 'pvc', 'physical_uri', 'file:///r', 'content_type', 'application/x-ndjson', 'bytes', 70000,
  'sha256', repeat('0', 64), 'row_count', 3, 'manifest', '{"blocks": [[0, 0, 70000, "x"]]}'::jsonb))) \gset
select jsonb_build_object('ref', :'ref', 'store', 'pvc', 'rows', '{"count": 3, "at": ["rows", "command_0.rows"]}'::jsonb) as reference \gset
select noetl_test.report(:'w', :x, :'c', '{}', null, jsonb_build_object('result', jsonb_build_object('status', 'ok',
  'reference', :'reference'::jsonb, 'context', '{"data": {"row_count": 3, "command_0": {"row_count": 3}}}'::jsonb))) \g /dev/null
select command_id as c, task from noetl_test.claim(:'w') \gset
select is(:'task'::text, 'collect', 'a worker finds out what the loop is over');
select is(noetl.read_result(:'w', :'ref') -> 'manifest', '{"blocks": [[0, 0, 70000, "x"]]}', 'how the rows lie is kept');
select is(noetl.read_context(:'w', :x, '{a}') #> '{steps,a,payload}', '{"row_count": 3, "command_0": {"row_count": 3}}', 'the rest of the payload is readable');
select noetl_test.report(:'w', :x, :'c', '{}', null, jsonb_build_object('collection', '{"size": 3}'::jsonb,
  'result', jsonb_build_object('status', 'ok', 'reference', jsonb_build_object('ref', :'ref'), 'context', '{}'::jsonb))) \g /dev/null
create temp table claimed as select * from noetl_test.claim(:'w');
select results_eq(
  format('select iter_index, item, noetl.read_items(%L, collection_ref, 0, 10) from claimed order by 1', :'w'),
  format('select n, null::jsonb, jsonb_build_object(%L, %L::text) from generate_series(0, 2) as n', 'ref', :'ref'),
  'items are read from there'
);
select is((select count(*) from noetl.collection_chunk where execution_id = :x), 0::bigint, 'none is copied');
select is((select context ->> 'collection_ref' from noetl.event where execution_id = :x and event_type = 'loop.started'), :'ref', 'P0.3-2: loop.started says where they are');
select is((select noetl_internal.run_state(r) #>> '{loop,b,collection_ref}' from noetl.run as r where execution_id = :x), :'ref', 'so does the state');
select is_empty(format('select noetl_test.lost_in_rebuild(%s)', :x), 'a rebuild finds them again');
select noetl.end_session(:'w');
select is(noetl_test.work(:x), 'completed', 'the run completes');
select * from finish();
rollback;
