-- Nothing to claim is no error: the loop is done, with nothing in it.
begin;
select plan(3);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.cursor('{"max_in_flight": 3}'),
      'next', '{"arcs": [{"step": "b", "when": "{{ event.name == ''loop.done'' and a.total == 0 and a.results == [] }}"}]}'::jsonb
    )),
    noetl_test.step('b')
  )
) as x \gset
select is(noetl_test.work(:x), 'completed', 'the run ends');
select is(noetl_test.entered(:x), 'a b', 'the loop was done, and empty');
select is(noetl_test.count(:x, 'loop.item'), 0, 'no item');

select * from finish();
rollback;
