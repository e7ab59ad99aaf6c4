-- One report tells of many rows: each has its event, its result, its ctx.
begin;
select plan(5);
select noetl_test.start(
  jsonb_build_array(
    noetl_test.step('a', jsonb_build_object(
      'loop', noetl_test.cursor('{"max_in_flight": 1, "policy": "best_effort", "frame": {"max_rows": 3}}'),
      'next', '{"arcs": [{"step": "b", "when": "{{ ctx.last == 2 and ctx.zero and a.failed == 1 and a.results == [7, none, none, 8] }}"}]}'::jsonb
    )),
    noetl_test.step('b')
  )
) as x \gset
select is(
  noetl_test.work(:x, '{
    "a[0]": {"frame": {"items": [
      {"result": {"status": "ok", "reference": null, "context": {"data": 7}}, "ctx": {"last": 0, "zero": true}},
      {"error": {"kind": "sql", "message": "boom"}}, {}
    ]}},
    "a[1]": {"frame": {"items": [
      {"result": {"status": "ok", "reference": null, "context": {"data": 8}}, "ctx": {"last": 2}, "error": null}
    ]}}
  }'), 'completed', 'the run ends'
);
select is(noetl_test.entered(:x), 'a b', 'results are in order; ctx merges in the order of the rows');
select results_eq(
  format($$ select current_index, status, error::text from noetl.event where execution_id = %s and event_type = 'loop.item' order by current_index $$, :x),
  $$ values (0, 'ok', null), (1, 'error', 'boom'), (2, 'ok', null), (3, 'ok', null) $$,
  'an event per row'
);
select is(
  (select context -> 'ctx_conflicts' from noetl.event where execution_id = :x and event_type = 'loop.done'), '["last"]',
  'keys written with different values are told'
);
select is(
  (select context - 'ctx_conflicts' from noetl.event where execution_id = :x and event_type = 'loop.done'), '{}', 'no collection is told'
);

select * from finish();
rollback;
