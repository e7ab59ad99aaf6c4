-- A loop's results are read by later steps; a failed item is null.
begin;
select plan(3);
select is(
  noetl_test.outcome(
    jsonb_build_array(
      noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel", "policy": "best_effort"}'),
        'next', '{"arcs": [{"step": "b", "when": "{{ a.results == [10, none, 12] and a.data == a.results and a.results | length == 3 }}"}]}'::jsonb)),
      noetl_test.step('b', '{"loop": {"in": "{{ a.results }}", "iterator": "r"}}')
    ),
    '{"a[0]": {"data": 10}, "a[1]": {"error": {"message": "no"}, "result": null}, "a[2]": {"data": 12}}'
  ),
  'completed: a b', 'in conditions and in loop.in'
);
select noetl_test.start(jsonb_build_array(noetl_test.step('a', jsonb_build_object('loop', noetl_test.loop(3, '{"mode": "parallel"}'), 'next', noetl_test.next('b'))), noetl_test.step('b'))) as x \gset
select noetl_test.worker() as w \gset
select noetl_test.report(:'w', :x, command_id, to_jsonb(iter_index * 2)) from noetl_test.claim(:'w') \g /dev/null
select noetl_test.claim(:'w') \g /dev/null
select is(
  noetl.read_results(:'w', (select value ->> 'results_ref' from noetl.variable where execution_id = :x and name = 'a'), 0, 10) -> 'items',
  '[0, 2, 4]', 'a worker reads them by reference'
);
select is(
  noetl.read_results(:'w', (select value ->> 'results_ref' from noetl.variable where execution_id = :x and name = 'a'), 1, 1) -> 'items', '[2]', 'in ranges'
);

select * from finish();
rollback;
