-- A chunk without an index, or with one that is none, cannot be put in order.
begin;
select plan(2);
select noetl_test.start(jsonb_build_array(noetl_test.step('make'))) as x \gset
select noetl_test.worker() as w \gset
select command_id as c from noetl_test.claim(:'w') \gset
select is(
  (
    select array_agg(r ->> 'message' order by (r ->> 'index')::integer) from jsonb_array_elements(
      noetl.record_events(jsonb_build_array(
        noetl_test.chunk_event(:'w', :x, :'c', 0, '{}', '{"meta": {}}'),
        noetl_test.chunk_event(:'w', :x, :'c', 0, '{}', '{"meta": {"chunk_index": -1}}'),
        noetl_test.chunk_event(:'w', :x, :'c', 0, '{}', '{"meta": {"chunk_index": "0"}}'),
        noetl_test.chunk_event(:'w', :x, :'c', 0, '{}', '{"meta": {"chunk_index": 0, "has_more": 1}}'),
        noetl_test.chunk_event(:'w', :x, :'c', 0, '{}', '{"result": {"data": 1}}')
      )) -> 'rejected'
    ) as r
  ),
  array[
    'meta.chunk_index must be a count', 'meta.chunk_index must be a count', 'meta.chunk_index must be a count',
    'meta.has_more must be true or false', 'result may hold status, reference and context only'
  ],
  'each is refused with the reason'
);
select is(
  noetl_test.chunk(:'w', :x, :'c', 0, '{}', '{"result": null, "meta": {"chunk_index": 0}}') -> 'recorded', '1',
  'a chunk may be empty, and has more unless it says no'
);
select * from finish();
rollback;
