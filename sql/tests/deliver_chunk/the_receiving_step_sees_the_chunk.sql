-- Admission, loops and the arcs of the step that gets a chunk read which one it is, and on the way
-- in what it holds; its input shows only what its arc gave.
begin;
select plan(7);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('make', '{"next": {"arcs": [{"step": "rows", "on": "call.partial", "input": {"k": 1}}]}}'),
    noetl_test.step('rows', '{
      "spec": {"policy": {"admit": {"rules": [{"when": "{{ output.skip | default(false) }}", "then": {"allow": false, "discard": true}}]}}},
      "loop": {"in": "{{ output.data.rows }}", "iterator": "row"},
      "next": {"arcs": [{"step": "told",
        "set": {"ctx.last": "{{ [event.name, event.chunk_index, event.has_more, input, output.total] }}"}}]}}'),
    noetl_test.step('told')
  )
) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select noetl_test.chunk(:'w', :x, :'c', 0, '{"rows": [5, 6]}'), noetl_test.chunk(:'w', :x, :'c', 1, '{"rows": [], "skip": true}') \g /dev/null
select is(
  (select array_agg(item) from noetl.command where execution_id = :x and step = 'rows'), '{5}'::jsonb[], 'the loop runs over the chunk'
);
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select is(
  (select input from noetl_test.claim(:'w')) #- '{_partial,result}',
  '{"k": 1, "_partial": {"token_id": 1, "chunk_index": 0, "has_more": true, "max_in_flight": 1}}',
  'and tells each item''s worker which one'
);
select noetl_test.report(:'w', :x, command_id) from noetl.command where step = 'rows' and status = 'leased' \g /dev/null
select is(noetl_test.ctx(:x, 'last'), '["loop.done", 0, true, {"k": 1}, 2]', 'its arcs still know which one, and its own end');
select is(noetl_test.entered(:x), 'make rows told', 'the discarded one has made room, and entered nothing');

-- Larger ones are stored: in a table that SQL sees, or in a file that it does not.
select ref as ref from noetl.record_results(:'w', jsonb_build_array(jsonb_build_object(
  'execution_id', :x, 'command_id', :'c', 'step', 'make', 'name', 'chunk-2', 'store_tier', 'db', 'content_type', 'application/json',
  'bytes', 13, 'sha256', repeat('0', 64), 'payload', '{"rows": [7]}'::jsonb
))) \gset
select noetl_test.chunk(:'w', :x, :'c', 2, '{}', jsonb_build_object('result', jsonb_build_object(
  'status', 'ok', 'reference', jsonb_build_object('ref', :'ref', 'store', 'db', 'bytes', 13, 'sha256', '0')
))) \g /dev/null
select is(
  (select array_agg(item) from noetl.command where execution_id = :x and step = 'rows'), '{7}'::jsonb[], 'a stored chunk reads the same'
);
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
select noetl_test.chunk(:'w', :x, :'c', 3, '{}', jsonb_build_object('result', jsonb_build_object(
  'status', 'ok', 'reference', '{"ref": "noetl://1/result/1", "store": "pvc"}'::jsonb,
  'context', '{"selected": {"skip": false}}'::jsonb
))) \g /dev/null
select results_eq(
  format($$select task::text, input #> '{_partial,chunk_index}', input ? 'loop_id' from noetl.command where execution_id = %s and step = 'rows'$$, :x),
  $$values ('collect', '3'::jsonb, true)$$, 'of one in a file a worker collects the items'
);
select is_empty(format('select * from noetl_test.lost_in_rebuild(%s)', :x), 'and all is told');
select * from finish();
rollback;
