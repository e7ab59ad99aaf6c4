-- The last chunks and the end of a command may travel together, with the items of a loop of the
-- same run: the chunks count first.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('split', '{"next": {"spec": {"mode": "inclusive"}, "arcs": [{"step": "make"}, {"step": "items"}]}}'),
    noetl_test.step('make', '{"next": {"arcs": [{"step": "each", "on": "call.partial"}, {"step": "last"}]}}'),
    noetl_test.step('each'), noetl_test.step('last'),
    noetl_test.step('items', jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel"}')))
  )
) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id) from noetl_test.claim(:'w') \g /dev/null
create temp table held as select * from noetl_test.claim(:'w');
select command_id as c from held where step = 'make' \gset
select is(
  noetl.record_events(
    (select jsonb_agg(noetl_test.event(:'w', :x, command_id)) from held)
    || noetl_test.chunk_event(:'w', :x, :'c', 1) || noetl_test.chunk_event(:'w', :x, :'c', 0)
  ) -> 'recorded', '6', 'four ends and two chunks'
);
select is(
  noetl_test.trail(:x, 'call.partial', 'call.done') , 'call.done split, call.partial make, call.partial make, call.done make',
  'the chunks came before the end'
);
select is(noetl_test.work(:x), 'completed', 'the run ends');
select * from finish();
rollback;
