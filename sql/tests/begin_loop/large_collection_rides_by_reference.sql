-- Nobody loads a large collection to get item five: commands carry its reference and an index.
begin;
select plan(7);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(1200, '{"mode": "parallel", "max_in_flight": 5}'), 'next', noetl_test.next('b'))),
    noetl_test.step('b')
  )
) as x \gset
select noetl_test.worker() as w \gset
select collection_ref as ref, item is null as bare, command_id as c from noetl_test.claim(:'w', 1) \gset
select ok(:'bare', 'the command carries no item');
select is(
  :'ref', (select context ->> 'collection_ref' from noetl.event where execution_id = :x and event_type = 'loop.started'),
  'P0.3-2: its reference is that of loop.started'
);
select is(noetl.read_items(:'w', :'ref', 498, 4), '[498, 499, 500, 501]', 'P0.3-2: ranges can be read back from it');
select is(noetl.read_items(:'w', :'ref', 1198, 10), '[1198, 1199]', 'the last one is short');
select is(jsonb_array_length(noetl.read_items(:'w', :'ref', 0, 1200)), 1200, 'or everything');
select noetl.end_session(:'w');
select is(noetl_test.work(:x), 'completed', 'the loop completes');
select is((select done from noetl.loop where execution_id = :x), 1200, 'all items done');

select * from finish();
rollback;
